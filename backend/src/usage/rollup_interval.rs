//! The intervals by which counts are rolled up, and their retention.

use chrono::{DateTime, DurationRound, NaiveDateTime, TimeDelta, Utc};
use shared::usage::{HOURS_KEPT, MINUTES_KEPT};

/// Length of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RollupInterval {
    Minute,
    Hour,
    /// A UTC day.
    Day,
    /// One bucket for all time, at the Unix epoch. A key's total is one row.
    AllTime,
}

impl RollupInterval {
    /// All intervals, shortest first.
    pub const ALL: [Self; 4] = [Self::Minute, Self::Hour, Self::Day, Self::AllTime];

    /// Returns the length in seconds, as in the database; 0 for all time.
    pub const fn secs(self) -> i32 {
        match self {
            Self::Minute => 60,
            Self::Hour => 3600,
            Self::Day => 86_400,
            Self::AllTime => 0,
        }
    }

    /// Returns the bucket's length.
    pub fn length(self) -> TimeDelta {
        TimeDelta::seconds(self.secs().into())
    }

    /// Returns the retention of buckets, from their start; `None` if they are never pruned.
    pub const fn kept(self) -> Option<TimeDelta> {
        match self {
            Self::Minute => Some(MINUTES_KEPT),
            Self::Hour => Some(HOURS_KEPT),
            Self::Day | Self::AllTime => None,
        }
    }

    /// Returns the time before which buckets may be pruned. One hour later than [`Self::kept`], so
    /// that no reader needs a bucket that is being pruned.
    pub fn pruned_before(self, now: DateTime<Utc>) -> Option<NaiveDateTime> {
        let kept = self.kept()? + TimeDelta::hours(1);
        Some(self.bucket(now - kept))
    }

    /// Returns the shortest interval that still has buckets from `at`.
    pub fn finest(at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let kept = |interval: &Self| interval.kept().is_none_or(|kept| at >= now - kept);
        Self::ALL.into_iter().find(kept).unwrap_or(Self::Day)
    }

    /// Returns the start of the bucket that contains `at`.
    pub fn floor(self, at: DateTime<Utc>) -> DateTime<Utc> {
        at.duration_trunc(self.length())
            .unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// Returns the start of the first bucket at or after `at`.
    pub fn ceil(self, at: DateTime<Utc>) -> DateTime<Utc> {
        let floor = self.floor(at);
        if floor == at {
            at
        } else {
            floor + self.length()
        }
    }

    /// Returns the bucket that contains `at`, as in the database.
    pub fn bucket(self, at: DateTime<Utc>) -> NaiveDateTime {
        self.floor(at).naive_utc()
    }
}
