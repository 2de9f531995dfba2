//! Time ranges of reports, and the buckets that their counts are read from: days, then hours, then
//! minutes for the edges.

use crate::usage::rollup_interval::RollupInterval;
use chrono::{DateTime, TimeDelta, Utc};
use shared::usage::RangeView;

/// Maximum length of a range that is displayed by minute.
const BY_MINUTE_MAX: TimeDelta = TimeDelta::hours(6);
/// Maximum length of a range that is displayed by hour.
const BY_HOUR_MAX: TimeDelta = TimeDelta::days(8);

/// A time range, extended to the boundaries of the buckets that still exist. A range that includes
/// the current time ends there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeRange {
    pub from: DateTime<Utc>,
    /// Exclusive.
    pub to: DateTime<Utc>,
    /// End of the last bucket: later than `to` if the bucket has not ended yet.
    end: DateTime<Utc>,
}

/// Consecutive buckets of one interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RollupSegment {
    pub interval: RollupInterval,
    pub from: DateTime<Utc>,
    /// Exclusive.
    pub to: DateTime<Utc>,
}

impl TimeRange {
    /// Creates the range from `from` to `to`, or to `now` if that is earlier.
    pub fn new(from: DateTime<Utc>, to: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let from = RollupInterval::finest(from, now).floor(from);
        let to = RollupInterval::finest(to, now).ceil(to);
        if to > now {
            // No counts lie in the future, so the row of the current day can be used.
            let end = RollupInterval::Day.floor(now) + RollupInterval::Day.length();
            return Self { from, to: now, end };
        }
        Self { from, to, end: to }
    }

    /// Returns the preceding range of the same length.
    #[must_use]
    pub fn previous(&self, now: DateTime<Utc>) -> Self {
        let length = RollupInterval::Minute.floor(self.to) - self.from;
        let from = self.from - length;
        Self {
            from: RollupInterval::finest(from, now).floor(from),
            to: self.from,
            end: self.from,
        }
    }

    /// Returns the interval of the points in a chart of this range.
    pub fn interval(&self, now: DateTime<Utc>) -> RollupInterval {
        let length = self.to - self.from;
        let fitting = if length <= BY_MINUTE_MAX {
            RollupInterval::Minute
        } else if length <= BY_HOUR_MAX {
            RollupInterval::Hour
        } else {
            RollupInterval::Day
        };
        fitting.max(RollupInterval::finest(self.from, now))
    }

    /// Returns `true` if the range ends at the current time.
    pub fn is_open(&self) -> bool {
        self.end > self.to
    }

    /// Returns the last millisecond of the range. An open range includes the current one.
    pub fn last(&self) -> DateTime<Utc> {
        if self.is_open() {
            self.to
        } else {
            self.to - TimeDelta::milliseconds(1)
        }
    }

    /// Splits the range into the fewest buckets that cover it exactly, none longer than `longest`.
    pub fn segments(&self, longest: RollupInterval) -> Vec<RollupSegment> {
        let mut segments = Vec::new();
        cover(self.from, self.end, longest, &mut segments);
        segments
    }

    /// Returns the starts of the displayed buckets, and whether the range includes only a part of
    /// the bucket.
    pub fn buckets(
        &self,
        by: RollupInterval,
    ) -> impl Iterator<Item = (DateTime<Utc>, bool)> + use<> {
        let Self { from, to, .. } = *self;
        let last = self.last();
        let mut next = by.floor(from);
        std::iter::from_fn(move || {
            let bucket = next;
            next += by.length();
            (bucket <= last).then_some((bucket, bucket < from || next > to))
        })
    }

    /// Converts to the API representation.
    pub fn view(&self, by: RollupInterval) -> RangeView {
        RangeView {
            from: self.from,
            to: self.to,
            bucket_seconds: by.secs().unsigned_abs(),
        }
    }
}

/// Covers a time range with buckets of the interval, and the edges with shorter ones.
fn cover(
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    interval: RollupInterval,
    segments: &mut Vec<RollupSegment>,
) {
    if from >= to {
        return;
    }
    let finer = match interval {
        RollupInterval::AllTime | RollupInterval::Day => Some(RollupInterval::Hour),
        RollupInterval::Hour => Some(RollupInterval::Minute),
        RollupInterval::Minute => None,
    };
    let first = interval.ceil(from);
    let after = interval.floor(to);
    match finer {
        Some(finer) if first >= after => cover(from, to, finer, segments),
        Some(finer) => {
            cover(from, first, finer, segments);
            segments.push(RollupSegment {
                interval,
                from: first,
                to: after,
            });
            cover(after, to, finer, segments);
        }
        None => segments.push(RollupSegment {
            interval,
            from: first,
            to: after,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-{text}Z").parse().unwrap()
    }

    fn segments(
        range: TimeRange,
        longest: RollupInterval,
    ) -> Vec<(RollupInterval, String, String)> {
        let short = |moment: DateTime<Utc>| moment.format("%dT%H:%M").to_string();
        let segments = range.segments(longest).into_iter();
        segments
            .map(|segment| (segment.interval, short(segment.from), short(segment.to)))
            .collect()
    }

    #[test]
    fn edges_are_read_from_shorter_buckets() {
        let now = at("11-25T14:20:30");
        let day = TimeRange::new(now - TimeDelta::hours(24), now, now);
        let expected = [
            (RollupInterval::Minute, "24T14:20", "24T15:00"),
            (RollupInterval::Hour, "24T15:00", "25T00:00"),
            (RollupInterval::Day, "25T00:00", "26T00:00"),
        ];
        let expected = expected.map(|(by, from, to)| (by, from.to_owned(), to.to_owned()));
        assert_eq!(segments(day, RollupInterval::Day), expected);
        let closed = TimeRange::new(at("11-24T10:10:00"), at("11-24T12:05:00"), now);
        let expected = [
            (RollupInterval::Minute, "24T10:10", "24T11:00"),
            (RollupInterval::Hour, "24T11:00", "24T12:00"),
            (RollupInterval::Minute, "24T12:00", "24T12:05"),
        ];
        let expected = expected.map(|(by, from, to)| (by, from.to_owned(), to.to_owned()));
        assert_eq!(segments(closed, RollupInterval::Day), expected);
        let short = TimeRange::new(at("11-24T10:10:00"), at("11-24T10:12:00"), now);
        let only = (
            RollupInterval::Minute,
            "24T10:10".to_owned(),
            "24T10:12".to_owned(),
        );
        assert_eq!(segments(short, RollupInterval::Day), [only]);
    }

    #[test]
    fn both_ends_extend_to_existing_buckets() {
        let now = at("11-25T14:20:30");
        let old = TimeRange::new(at("10-01T10:10:10"), at("10-02T11:11:11"), now);
        assert_eq!(
            (old.from, old.to),
            (at("10-01T10:00:00"), at("10-02T12:00:00"))
        );
        let older = TimeRange::new(at("03-01T10:10:10"), at("03-02T11:11:11"), now);
        assert_eq!(
            (older.from, older.to),
            (at("03-01T00:00:00"), at("03-03T00:00:00"))
        );
        let recent = TimeRange::new(at("11-25T10:10:10"), at("11-26T00:00:00"), now);
        assert_eq!((recent.from, recent.to), (at("11-25T10:10:00"), now));
        assert!(recent.is_open() && !older.is_open());
    }

    #[test]
    fn the_previous_period_ends_where_this_one_begins() {
        let now = at("11-25T14:20:30");
        for (length, from) in [
            (TimeDelta::hours(1), "11-25T12:20:00"),
            (TimeDelta::days(7), "11-11T14:00:00"),
            (TimeDelta::days(30), "09-26T13:00:00"),
        ] {
            let range = TimeRange::new(now - length, now, now);
            let previous = range.previous(now);
            assert_eq!((previous.from, previous.to), (at(from), range.from));
        }
    }

    #[test]
    fn partial_buckets_are_marked() {
        let now = at("11-25T14:20:30");
        let day = TimeRange::new(now - TimeDelta::hours(24), now, now);
        assert_eq!(day.interval(now), RollupInterval::Hour);
        let buckets: Vec<_> = day.buckets(RollupInterval::Hour).collect();
        assert_eq!(buckets.len(), 25);
        assert_eq!(buckets[0], (at("11-24T14:00:00"), true));
        assert_eq!(buckets[1], (at("11-24T15:00:00"), false));
        assert_eq!(buckets[24], (at("11-25T14:00:00"), true));
        let closed = TimeRange::new(at("11-24T10:00:00"), at("11-24T12:00:00"), now);
        assert_eq!(closed.buckets(RollupInterval::Minute).count(), 120);
        assert!(
            closed
                .buckets(RollupInterval::Minute)
                .all(|(_, partial)| !partial)
        );
    }
}
