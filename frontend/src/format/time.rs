//! Times for display: relative to now, or as a date in the browser's time zone.

use chrono::{DateTime, Datelike, FixedOffset, Timelike, Utc};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Formats a relative time: `2 hours ago`, `just now`, `in 5 days`.
pub fn relative(moment: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let secs = (now - moment).num_seconds();
    if secs.abs() < 5 {
        return "just now".into();
    }
    if secs > 0 {
        format!("{} ago", span(secs))
    } else {
        format!("in {}", span(rounded(-secs)))
    }
}

/// Rounds to the unit that [`span`] shows: five days from now are still `5 days` a minute later.
const fn rounded(secs: i64) -> i64 {
    let unit = match secs {
        ..MINUTE => 1,
        MINUTE..HOUR => MINUTE,
        HOUR..DAY => HOUR,
        DAY.. => DAY,
    };
    (secs + unit / 2) / unit * unit
}

/// Formats a duration in its largest unit: `3 days`.
pub fn span(secs: i64) -> String {
    let (count, unit) = match secs {
        _ if secs < MINUTE => (secs, "second"),
        _ if secs < HOUR => (secs / MINUTE, "minute"),
        _ if secs < DAY => (secs / HOUR, "hour"),
        _ if secs < 60 * DAY => (secs / DAY, "day"),
        _ if secs < 730 * DAY => (secs / (30 * DAY), "month"),
        _ => (secs / (365 * DAY), "year"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// Formats a date: `November 1, 2025`.
pub fn date(moment: DateTime<FixedOffset>) -> String {
    format!("{} {}, {}", month(moment), moment.day(), moment.year())
}

/// Formats a short date: `Nov 1, 2025`.
pub fn short_date(moment: DateTime<FixedOffset>) -> String {
    let month = month(moment).get(..3).unwrap_or_default();
    format!("{month} {}, {}", moment.day(), moment.year())
}

fn month(moment: DateTime<FixedOffset>) -> &'static str {
    MONTHS
        .get(moment.month0() as usize)
        .copied()
        .unwrap_or_default()
}

/// Formats a date with time: `November 1, 2025 at 3:45 PM`.
pub fn date_and_time(moment: DateTime<FixedOffset>) -> String {
    let (pm, hour) = moment.hour12();
    let half = if pm { "PM" } else { "AM" };
    format!("{} at {hour}:{:02} {half}", date(moment), moment.minute())
}

/// Returns `true` if `end` is within the next seven days, for which the dashboard warns.
pub fn is_soon(end: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    end > now && (end - now).num_seconds() <= 7 * DAY
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<FixedOffset> {
        DateTime::parse_from_rfc3339(text).unwrap()
    }

    #[test]
    fn relative_times() {
        let now = at("2025-11-25T12:00:00Z").to_utc();
        for (moment, text) in [
            ("2025-11-25T11:59:58Z", "just now"),
            ("2025-11-25T12:00:03Z", "just now"),
            ("2025-11-25T11:59:15Z", "45 seconds ago"),
            ("2025-11-25T11:59:00Z", "1 minute ago"),
            ("2025-11-25T10:00:00Z", "2 hours ago"),
            ("2025-11-20T12:00:00Z", "5 days ago"),
            ("2025-08-25T12:00:00Z", "3 months ago"),
            ("2020-11-25T12:00:00Z", "5 years ago"),
            ("2025-11-30T12:00:00Z", "in 5 days"),
            ("2025-11-30T11:59:00Z", "in 5 days"),
            ("2025-11-25T13:29:00Z", "in 1 hour"),
            ("2025-11-26T11:59:00Z", "in 1 day"),
        ] {
            assert_eq!(relative(at(moment).to_utc(), now), text);
        }
    }

    #[test]
    fn dates_read_as_the_specification_writes_them() {
        let text = date_and_time(at("2025-11-01T15:45:00+01:00"));
        assert_eq!(text, "November 1, 2025 at 3:45 PM");
        assert_eq!(short_date(at("2025-10-15T00:00:00Z")), "Oct 15, 2025");
        let midnight = date_and_time(at("2025-01-31T00:05:00Z"));
        assert_eq!(midnight, "January 31, 2025 at 12:05 AM");
    }

    #[test]
    fn soon_is_within_a_week_and_not_over() {
        let now = at("2025-11-25T12:00:00Z").to_utc();
        let soon = |text| is_soon(at(text).to_utc(), now);
        assert!(soon("2025-12-02T12:00:00Z"));
        assert!(!soon("2025-12-02T12:00:01Z"));
        assert!(!soon("2025-11-25T12:00:00Z"));
    }
}
