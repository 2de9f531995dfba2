//! Labels below a chart: few, at round times of the selected time zone.

use crate::usage::logic::moment::{DAY_SECONDS, clock, day};
use chrono::{DateTime, FixedOffset, Utc};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Round intervals between labels, in seconds.
const STEPS: [i64; 15] = [
    MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    5 * DAY,
    7 * DAY,
    14 * DAY,
];

/// Returns at most `most` labels, each with the index of its bucket.
pub fn labels(
    starts: &[DateTime<FixedOffset>],
    bucket_seconds: u32,
    most: i64,
) -> Vec<(usize, String)> {
    let is_days = bucket_seconds >= DAY_SECONDS;
    // Seconds since an arbitrary local midnight; for days, since a UTC midnight.
    let clock_seconds = |start: &DateTime<FixedOffset>| {
        if is_days {
            start.timestamp()
        } else {
            start.naive_local().and_utc().timestamp()
        }
    };
    let [first, .., last] = starts else {
        return starts
            .iter()
            .map(|start| (0, label(*start, is_days, DAY)))
            .collect();
    };
    let span = clock_seconds(last) - clock_seconds(first);
    let fits = |step: &i64| *step >= bucket_seconds.into() && span / step < most;
    let step = STEPS.into_iter().find(fits).unwrap_or(span.max(1));
    let mut labels = Vec::new();
    let mut before = clock_seconds(first) - i64::from(bucket_seconds);
    for (index, start) in starts.iter().enumerate() {
        let now = clock_seconds(start);
        if now.div_euclid(step) > before.div_euclid(step) {
            labels.push((index, label(*start, is_days, step)));
        }
        before = now;
    }
    labels
}

fn label(start: DateTime<FixedOffset>, is_days: bool, step: i64) -> String {
    if is_days {
        return day(start.with_timezone(&Utc).fixed_offset());
    }
    let text = clock(start);
    // Omits the minutes if labels are hours apart, and shows midnight as the date.
    if text == "12:00 AM" || step >= DAY {
        day(start)
    } else if step >= HOUR && text.contains(":00 ") {
        text.replace(":00 ", " ")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn labels_of(first: &str, count: i32, bucket_seconds: u32) -> Vec<(usize, String)> {
        let first = DateTime::parse_from_rfc3339(first).unwrap();
        let bucket = TimeDelta::seconds(bucket_seconds.into());
        let starts: Vec<_> = (0..count).map(|index| first + bucket * index).collect();
        labels(&starts, bucket_seconds, 9)
    }

    fn texts(labels: &[(usize, String)]) -> Vec<&str> {
        labels.iter().map(|(_, text)| text.as_str()).collect()
    }

    #[test]
    fn an_hour_is_divided_into_round_minutes() {
        let labels = labels_of("2025-11-25T13:37:00Z", 60, 60);
        let expected = [
            "1:40 PM", "1:50 PM", "2:00 PM", "2:10 PM", "2:20 PM", "2:30 PM",
        ];
        assert_eq!(texts(&labels), expected);
        assert_eq!(labels[0].0, 3);
    }

    #[test]
    fn a_day_is_divided_into_hours_and_midnight_names_the_day() {
        let labels = labels_of("2025-11-24T14:00:00Z", 24, 3600);
        let expected = [
            "3 PM", "6 PM", "9 PM", "Nov 25", "3 AM", "6 AM", "9 AM", "12 PM",
        ];
        assert_eq!(labels.len(), 8);
        assert_eq!(texts(&labels), expected);
    }

    #[test]
    fn weeks_and_months_are_divided_into_days() {
        let week = labels_of("2025-11-18T14:00:00+02:00", 168, 3600);
        assert_eq!(week.len(), 7);
        assert_eq!(texts(&week)[0], "Nov 19");
        assert_eq!(week[0].0, 10, "the first midnight of the zone");
        let month = labels_of("2025-10-26T00:00:00Z", 30, 86_400);
        assert!((5..=7).contains(&month.len()), "{month:?}");
    }

    #[test]
    fn zones_off_by_half_an_hour_and_single_points_have_labels_too() {
        let labels = labels_of("2025-11-24T14:30:00+05:30", 24, 3600);
        assert!((5..=8).contains(&labels.len()), "{labels:?}");
        assert_eq!(labels_of("2025-11-24T14:30:00Z", 1, 60).len(), 1);
        assert_eq!(labels_of("2025-11-24T14:30:00Z", 0, 60), []);
    }
}
