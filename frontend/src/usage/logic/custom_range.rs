//! Default values and validation of a custom range.

use chrono::{DateTime, TimeDelta, Utc};
use shared::usage::{RANGE_MAX, UsageRange};

type Bounds = (DateTime<Utc>, DateTime<Utc>);

/// Returns the bounds of a range that ends at `now`. A custom range defaults to 24 hours.
pub fn bounds_until(now: DateTime<Utc>, range: UsageRange) -> Bounds {
    let length = match range {
        UsageRange::Hour => TimeDelta::hours(1),
        UsageRange::Day | UsageRange::Custom => TimeDelta::hours(24),
        UsageRange::Week => TimeDelta::days(7),
        UsageRange::Month => TimeDelta::days(30),
    };
    (now - length, now)
}

/// Validates the bounds that the user entered. The error is shown in the form.
pub fn check(
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Bounds, &'static str> {
    let Some((from, to)) = from.zip(to) else {
        return Err("Enter both times.");
    };
    if from >= to {
        Err("The end must be after the start.")
    } else if from >= now {
        Err("The start must be in the past.")
    } else if to - from > RANGE_MAX {
        Err("A range can be at most 366 days long.")
    } else {
        Ok((from, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-25T14:30:00Z".parse().unwrap()
    }

    #[test]
    fn errors_are_shown_before_the_server_refuses_them() {
        let now = now();
        let check = |from: TimeDelta, to: TimeDelta| check(Some(now + from), Some(now + to), now);
        let (day, hour) = (TimeDelta::days(1), TimeDelta::hours(1));
        assert_eq!(check(-day, hour), Ok((now - day, now + hour)));
        assert_eq!(check(-hour, -day), Err("The end must be after the start."));
        assert_eq!(check(hour, day), Err("The start must be in the past."));
        assert!(check(-RANGE_MAX, TimeDelta::zero()).is_ok());
        assert_eq!(
            check(-RANGE_MAX, TimeDelta::minutes(1)),
            Err("A range can be at most 366 days long.")
        );
        assert_eq!(super::check(Some(now), None, now), Err("Enter both times."));
    }

    #[test]
    fn the_range_on_show_is_proposed() {
        let days = |range| {
            let (from, to) = bounds_until(now(), range);
            (to - from).num_days()
        };
        assert_eq!(days(UsageRange::Month), 30);
        assert_eq!(days(UsageRange::Week), 7);
        assert_eq!(days(UsageRange::Custom), 1);
    }
}
