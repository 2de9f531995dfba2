//! Formats times of the usage page, in the selected time zone.

use crate::format::time::short_date;
use crate::usage::logic::zone::offset;
use chrono::{DateTime, Datelike, FixedOffset, TimeDelta, Timelike, Utc};

/// Length of a daily bucket in seconds. Days are UTC days in every time zone, because the server
/// counts by UTC day.
pub const DAY_SECONDS: u32 = 86_400;

/// Formats the time of day: `2:15 PM`.
pub fn clock(moment: DateTime<FixedOffset>) -> String {
    let (pm, hour) = moment.hour12();
    let half = if pm { "PM" } else { "AM" };
    format!("{hour}:{:02} {half}", moment.minute())
}

/// Formats the time of day with seconds: `2:15:40 PM`.
pub fn to_the_second(moment: DateTime<FixedOffset>) -> String {
    moment.format("%-I:%M:%S %p").to_string()
}

/// Formats `2:15 PM` if on the same day as `now`, otherwise `Nov 24, 2:15 PM`; in another year with
/// the year.
pub fn short(moment: DateTime<FixedOffset>, now: DateTime<FixedOffset>) -> String {
    if moment.date_naive() == now.date_naive() {
        clock(moment)
    } else if moment.year() == now.year() {
        format!("{}, {}", day(moment), clock(moment))
    } else {
        format!("{}, {}", short_date(moment), clock(moment))
    }
}

/// Formats with the full stored precision: `Nov 24, 2025, 2:15:40.888 PM`.
pub fn exact(moment: DateTime<FixedOffset>) -> String {
    let clock = clock(moment);
    let (minutes, half) = clock.split_once(' ').unwrap_or((&clock, ""));
    let millis = moment.timestamp_subsec_millis();
    let date = short_date(moment);
    format!(
        "{date}, {minutes}:{:02}.{millis:03} {half}",
        moment.second()
    )
}

/// Formats the date without the year: `Nov 24`.
pub fn day(moment: DateTime<FixedOffset>) -> String {
    let date = short_date(moment);
    date.split_once(',')
        .map_or(date.clone(), |(day, _)| day.into())
}

/// Formats the period of a bucket: `Nov 24, 2:15 PM`, `Nov 24, 2:00 – 3:00 PM`, `Nov 24, 2025`.
pub fn bucket(start: DateTime<FixedOffset>, bucket_seconds: u32) -> String {
    match bucket_seconds {
        0..=60 => format!("{}, {}", day(start), clock(start)),
        DAY_SECONDS.. => short_date(start.with_timezone(&Utc).fixed_offset()),
        _ => {
            let end = start + TimeDelta::seconds(bucket_seconds.into());
            let (from, to) = (clock(start), clock(end));
            let same_half = from.ends_with("AM") == to.ends_with("AM");
            let from = if same_half {
                &from[..from.len() - 3]
            } else {
                &from
            };
            format!("{}, {from} – {to}", day(start))
        }
    }
}

/// Formats the periods of buckets. If the UTC offset changes among them (daylight saving time),
/// each includes its offset, because an hour can occur twice.
pub fn buckets(starts: &[DateTime<FixedOffset>], bucket_seconds: u32) -> Vec<String> {
    let first = starts.first().map(DateTime::offset);
    let changes = starts.iter().any(|start| Some(start.offset()) != first);
    let text = |start: &DateTime<FixedOffset>| {
        let text = bucket(*start, bucket_seconds);
        if changes && bucket_seconds < DAY_SECONDS {
            format!("{text} ({})", offset(*start))
        } else {
            text
        }
    };
    starts.iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<FixedOffset> {
        DateTime::parse_from_rfc3339(text).unwrap()
    }

    #[test]
    fn the_date_is_named_where_it_is_not_today() {
        let now = at("2025-11-25T18:00:00Z");
        assert_eq!(short(at("2025-11-25T14:34:00Z"), now), "2:34 PM");
        assert_eq!(short(at("2025-11-24T14:34:00Z"), now), "Nov 24, 2:34 PM");
        assert_eq!(
            short(at("2024-12-31T00:05:00Z"), now),
            "Dec 31, 2024, 12:05 AM"
        );
    }

    #[test]
    fn exact_moments_are_told_to_the_millisecond() {
        let moment = at("2025-11-24T14:15:04.078+01:00");
        assert_eq!(exact(moment), "Nov 24, 2025, 2:15:04.078 PM");
        assert_eq!(to_the_second(moment), "2:15:04 PM");
        assert_eq!(to_the_second(at("2025-11-24T00:00:09Z")), "12:00:09 AM");
    }

    #[test]
    fn an_hour_that_comes_twice_is_told_apart() {
        let at = |text| DateTime::parse_from_rfc3339(text).unwrap();
        let back = [
            at("2025-11-02T01:00:00-04:00"),
            at("2025-11-02T01:00:00-05:00"),
        ];
        assert_eq!(
            buckets(&back, 3600),
            [
                "Nov 2, 1:00 – 2:00 AM (UTC-4)",
                "Nov 2, 1:00 – 2:00 AM (UTC-5)"
            ]
        );
        assert_eq!(buckets(&back, 60)[0], "Nov 2, 1:00 AM (UTC-4)");
        assert_eq!(buckets(&back, DAY_SECONDS), ["Nov 2, 2025", "Nov 2, 2025"]);
        assert_eq!(buckets(&back[..1], 3600), ["Nov 2, 1:00 – 2:00 AM"]);
        assert!(buckets(&[], 3600).is_empty());
    }

    #[test]
    fn buckets_name_the_time_they_are_about() {
        let start = at("2025-11-24T14:00:00Z");
        assert_eq!(bucket(start, 60), "Nov 24, 2:00 PM");
        assert_eq!(bucket(start, 3600), "Nov 24, 2:00 – 3:00 PM");
        let noon = at("2025-11-24T11:00:00Z");
        assert_eq!(bucket(noon, 3600), "Nov 24, 11:00 AM – 12:00 PM");
        let day = at("2025-11-23T19:00:00-05:00");
        assert_eq!(bucket(day, 86_400), "Nov 24, 2025", "a day is one of UTC");
    }
}
