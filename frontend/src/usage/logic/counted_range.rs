//! The counted range, if it is wider than the requested one: older requests are kept only by the
//! hour or the day.

use crate::usage::logic::moment::short;
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use shared::usage::{ApiUsage, HOURS_KEPT, MINUTES_KEPT};

/// Describes the counted range and the reason, if it starts or ends a minute or more outside the
/// requested one. `at` converts to the selected time zone.
pub fn widened(
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    usage: &ApiUsage,
    at: impl Fn(DateTime<Utc>) -> DateTime<FixedOffset>,
) -> Option<String> {
    let (counted, now) = (usage.range, usage.generated_at);
    let minute = TimeDelta::minutes(1);
    let starts_earlier = from - counted.from >= minute;
    let ends_later = counted.to - to >= minute;
    let kept_by_day = |moved: bool, end| moved && now - end > HOURS_KEPT;
    let by_day = [
        kept_by_day(starts_earlier, from),
        kept_by_day(ends_later, to),
    ];
    let (hours, days) = (MINUTES_KEPT.num_days(), HOURS_KEPT.num_days());
    let reason = match (starts_earlier, ends_later, by_day) {
        (false, false, _) => return None,
        (_, _, [false, false]) => format!("older than {hours} days are kept by the hour"),
        // The end is recent enough to be kept by the hour.
        (true, true, [true, false]) => format!(
            "older than {hours} days are kept by the hour, older than {days} days by the day (UTC)"
        ),
        _ => format!("older than {days} days are kept by the day (UTC)"),
    };
    let short = |moment| short(at(moment), at(now));
    let end = if counted.to >= now {
        "now".to_owned()
    } else {
        short(counted.to)
    };
    Some(format!(
        "Shown: {} to {end}. Requests {reason}.",
        short(counted.from)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::logic::test_usage::test_usage;
    use serde_json::json;

    fn note(asked: [&str; 2], counted: [&str; 2]) -> Option<String> {
        let [from, to] = asked.map(|text| format!("2025-{text}:00Z").parse().unwrap());
        let [counted_from, counted_to] = counted.map(|text| format!("2025-{text}:00Z"));
        let usage = test_usage(json!({
            "generated_at": "2025-11-25T14:30:00Z",
            "range": { "from": counted_from, "to": counted_to, "bucket_seconds": 3600 },
        }));
        widened((from, to), &usage, |moment| moment.fixed_offset())
    }

    #[test]
    fn what_is_counted_as_asked_needs_no_words() {
        let exact = ["11-24T10:10", "11-24T11:20"];
        assert_eq!(note(exact, exact), None);
        // The future is never counted.
        let until_now = ["11-24T10:10", "11-25T14:30"];
        assert_eq!(note(["11-24T10:10", "11-26T00:00"], until_now), None);
    }

    #[test]
    fn what_is_counted_beyond_the_range_is_said_with_the_reason() {
        let by_hour = note(
            ["11-03T10:10", "11-05T11:11"],
            ["11-03T10:00", "11-05T12:00"],
        );
        assert_eq!(
            by_hour.unwrap(),
            "Shown: Nov 3, 10:00 AM to Nov 5, 12:00 PM. \
             Requests older than 8 days are kept by the hour."
        );
        let by_day = note(
            ["03-01T10:10", "03-02T11:11"],
            ["03-01T00:00", "03-03T00:00"],
        );
        assert_eq!(
            by_day.unwrap(),
            "Shown: Mar 1, 12:00 AM to Mar 3, 12:00 AM. \
             Requests older than 93 days are kept by the day (UTC)."
        );
        let to_now = note(
            ["03-01T10:10", "11-26T00:00"],
            ["03-01T00:00", "11-25T14:30"],
        );
        assert_eq!(
            to_now.unwrap(),
            "Shown: Mar 1, 12:00 AM to now. \
             Requests older than 93 days are kept by the day (UTC)."
        );
        let both = note(
            ["03-01T10:10", "11-05T11:11"],
            ["03-01T00:00", "11-05T12:00"],
        );
        assert_eq!(
            both.unwrap(),
            "Shown: Mar 1, 12:00 AM to Nov 5, 12:00 PM. Requests older than 8 days are kept \
             by the hour, older than 93 days by the day (UTC)."
        );
        // The start is exact, only the end was moved.
        let end = note(
            ["03-01T00:00", "11-05T11:11"],
            ["03-01T00:00", "11-05T12:00"],
        );
        assert!(
            end.unwrap()
                .ends_with("older than 8 days are kept by the hour.")
        );
    }
}
