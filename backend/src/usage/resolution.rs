//! The lengths of time by which counts are kept, and for how long each is.

use chrono::{DateTime, DurationRound, NaiveDateTime, TimeDelta, Utc};
use shared::usage::{HOURS_KEPT, MINUTES_KEPT};

/// How long a bucket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resolution {
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day, in UTC.
    Day,
    /// One bucket for all time, at the epoch.
    Ever,
}

impl Resolution {
    /// Every resolution, finest first.
    pub const ALL: [Self; 4] = [Self::Minute, Self::Hour, Self::Day, Self::Ever];

    /// The bucket's length in seconds, as the tables have it; 0 for ever.
    pub const fn secs(self) -> i32 {
        match self {
            Self::Minute => 60,
            Self::Hour => 3600,
            Self::Day => 86_400,
            Self::Ever => 0,
        }
    }

    /// The bucket's length.
    pub fn length(self) -> TimeDelta {
        TimeDelta::seconds(self.secs().into())
    }

    /// How long buckets are kept after they began; `None` for always.
    pub const fn kept(self) -> Option<TimeDelta> {
        match self {
            Self::Minute => Some(MINUTES_KEPT),
            Self::Hour => Some(HOURS_KEPT),
            Self::Day | Self::Ever => None,
        }
    }

    /// Rows that began before this are no longer needed. An hour later than
    /// [`Self::kept`] says, so that nobody reads what is just being forgotten.
    pub fn forgotten_before(self, now: DateTime<Utc>) -> Option<NaiveDateTime> {
        let kept = self.kept()? + TimeDelta::hours(1);
        Some(self.bucket(now - kept))
    }

    /// The finest resolution at which buckets that begin at `at` are still kept.
    pub fn finest(at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let kept = |resolution: &Self| resolution.kept().is_none_or(|kept| at >= now - kept);
        Self::ALL.into_iter().find(kept).unwrap_or(Self::Day)
    }

    /// The first moment of the bucket that holds `at`.
    pub fn floor(self, at: DateTime<Utc>) -> DateTime<Utc> {
        at.duration_trunc(self.length())
            .unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// The first bucket that begins at `at` or later.
    pub fn ceil(self, at: DateTime<Utc>) -> DateTime<Utc> {
        let floor = self.floor(at);
        if floor == at {
            at
        } else {
            floor + self.length()
        }
    }

    /// The bucket that holds `at`, as the tables have it.
    pub fn bucket(self, at: DateTime<Utc>) -> NaiveDateTime {
        self.floor(at).naive_utc()
    }
}
