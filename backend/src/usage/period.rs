//! Stretches of time, and from which buckets their counts are read: whole days from
//! day rows, whole hours from hour rows, and the rest by minute.

use crate::usage::resolution::Resolution;
use chrono::{DateTime, TimeDelta, Utc};
use shared::usage::RangeView;

/// Up to this length a period is shown by minute.
const BY_MINUTE_MAX: TimeDelta = TimeDelta::hours(6);
/// Up to this length a period is shown by hour.
const BY_HOUR_MAX: TimeDelta = TimeDelta::days(8);

/// From one moment to another, both moved outwards to where counts of that age are
/// kept apart. One that reaches the present ends there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first moment.
    pub from: DateTime<Utc>,
    /// The first moment after it.
    pub to: DateTime<Utc>,
    /// Where its last bucket ends: later than `to` if it is not over yet.
    end: DateTime<Utc>,
}

/// Whole buckets of one resolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Their length.
    pub resolution: Resolution,
    /// The first bucket.
    pub from: DateTime<Utc>,
    /// The first bucket after them.
    pub to: DateTime<Utc>,
}

impl Period {
    /// From `from` to `to`, or to the present if that is earlier.
    pub fn new(from: DateTime<Utc>, to: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let from = Resolution::finest(from, now).floor(from);
        let to = Resolution::finest(to, now).ceil(to);
        if to > now {
            // Nothing is counted in the future: the present day's row will do.
            let end = Resolution::Day.floor(now) + Resolution::Day.length();
            return Self { from, to: now, end };
        }
        Self { from, to, end: to }
    }

    /// The period of the same length just before.
    #[must_use]
    pub fn previous(&self, now: DateTime<Utc>) -> Self {
        let length = Resolution::Minute.floor(self.to) - self.from;
        let from = self.from - length;
        Self {
            from: Resolution::finest(from, now).floor(from),
            to: self.from,
            end: self.from,
        }
    }

    /// How it is best shown over time.
    pub fn resolution(&self, now: DateTime<Utc>) -> Resolution {
        let length = self.to - self.from;
        let fitting = if length <= BY_MINUTE_MAX {
            Resolution::Minute
        } else if length <= BY_HOUR_MAX {
            Resolution::Hour
        } else {
            Resolution::Day
        };
        fitting.max(Resolution::finest(self.from, now))
    }

    /// Whether it reaches the present.
    pub fn is_open(&self) -> bool {
        self.end > self.to
    }

    /// Its last moment. Of one that reaches the present that is the present itself:
    /// what happens at this very moment belongs to it.
    pub fn last(&self) -> DateTime<Utc> {
        if self.is_open() {
            self.to
        } else {
            self.to - TimeDelta::milliseconds(1)
        }
    }

    /// The buckets that make it up exactly, none of them longer than `longest`, and
    /// as few as possible.
    pub fn spans(&self, longest: Resolution) -> Vec<Span> {
        let mut spans = Vec::new();
        cover(self.from, self.end, longest, &mut spans);
        spans
    }

    /// The first moments of the buckets that it is shown by, and whether it has
    /// only a part of them.
    pub fn buckets(&self, by: Resolution) -> impl Iterator<Item = (DateTime<Utc>, bool)> + use<> {
        let Self { from, to, .. } = *self;
        let last = self.last();
        let mut next = by.floor(from);
        std::iter::from_fn(move || {
            let bucket = next;
            next += by.length();
            (bucket <= last).then_some((bucket, bucket < from || next > to))
        })
    }

    /// As clients see it.
    pub fn view(&self, by: Resolution) -> RangeView {
        RangeView {
            from: self.from,
            to: self.to,
            bucket_seconds: by.secs().unsigned_abs(),
        }
    }
}

/// Covers the time with buckets of at most this resolution; what is left at either
/// edge with finer ones.
fn cover(from: DateTime<Utc>, to: DateTime<Utc>, resolution: Resolution, spans: &mut Vec<Span>) {
    if from >= to {
        return;
    }
    let finer = match resolution {
        Resolution::Ever | Resolution::Day => Some(Resolution::Hour),
        Resolution::Hour => Some(Resolution::Minute),
        Resolution::Minute => None,
    };
    let (first, after) = (resolution.ceil(from), resolution.floor(to));
    match finer {
        Some(finer) if first >= after => cover(from, to, finer, spans),
        Some(finer) => {
            cover(from, first, finer, spans);
            spans.push(Span {
                resolution,
                from: first,
                to: after,
            });
            cover(after, to, finer, spans);
        }
        None => spans.push(Span {
            resolution,
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

    fn spans(period: Period, longest: Resolution) -> Vec<(Resolution, String, String)> {
        let short = |moment: DateTime<Utc>| moment.format("%dT%H:%M").to_string();
        let spans = period.spans(longest).into_iter();
        spans
            .map(|span| (span.resolution, short(span.from), short(span.to)))
            .collect()
    }

    #[test]
    fn edges_are_read_by_finer_rows() {
        let now = at("11-25T14:20:30");
        let day = Period::new(now - TimeDelta::hours(24), now, now);
        let expected = [
            (Resolution::Minute, "24T14:20", "24T15:00"),
            (Resolution::Hour, "24T15:00", "25T00:00"),
            (Resolution::Day, "25T00:00", "26T00:00"),
        ];
        let expected = expected.map(|(by, from, to)| (by, from.to_owned(), to.to_owned()));
        assert_eq!(spans(day, Resolution::Day), expected);
        let closed = Period::new(at("11-24T10:10:00"), at("11-24T12:05:00"), now);
        let expected = [
            (Resolution::Minute, "24T10:10", "24T11:00"),
            (Resolution::Hour, "24T11:00", "24T12:00"),
            (Resolution::Minute, "24T12:00", "24T12:05"),
        ];
        let expected = expected.map(|(by, from, to)| (by, from.to_owned(), to.to_owned()));
        assert_eq!(spans(closed, Resolution::Day), expected);
        let short = Period::new(at("11-24T10:10:00"), at("11-24T10:12:00"), now);
        let only = (
            Resolution::Minute,
            "24T10:10".to_owned(),
            "24T10:12".to_owned(),
        );
        assert_eq!(spans(short, Resolution::Day), [only]);
    }

    #[test]
    fn both_ends_move_outwards_to_what_is_kept() {
        let now = at("11-25T14:20:30");
        let old = Period::new(at("10-01T10:10:10"), at("10-02T11:11:11"), now);
        assert_eq!(
            (old.from, old.to),
            (at("10-01T10:00:00"), at("10-02T12:00:00"))
        );
        let older = Period::new(at("03-01T10:10:10"), at("03-02T11:11:11"), now);
        assert_eq!(
            (older.from, older.to),
            (at("03-01T00:00:00"), at("03-03T00:00:00"))
        );
        let recent = Period::new(at("11-25T10:10:10"), at("11-26T00:00:00"), now);
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
            let period = Period::new(now - length, now, now);
            let previous = period.previous(now);
            assert_eq!((previous.from, previous.to), (at(from), period.from));
        }
    }

    #[test]
    fn partial_buckets_are_told() {
        let now = at("11-25T14:20:30");
        let day = Period::new(now - TimeDelta::hours(24), now, now);
        assert_eq!(day.resolution(now), Resolution::Hour);
        let buckets: Vec<_> = day.buckets(Resolution::Hour).collect();
        assert_eq!(buckets.len(), 25);
        assert_eq!(buckets[0], (at("11-24T14:00:00"), true));
        assert_eq!(buckets[1], (at("11-24T15:00:00"), false));
        assert_eq!(buckets[24], (at("11-25T14:00:00"), true));
        let closed = Period::new(at("11-24T10:00:00"), at("11-24T12:00:00"), now);
        assert_eq!(closed.buckets(Resolution::Minute).count(), 120);
        assert!(
            closed
                .buckets(Resolution::Minute)
                .all(|(_, partial)| !partial)
        );
    }
}
