//! The only source of time. All other code asks a [`Clock`], so that tests and the demo can control
//! the time.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

/// A point in time on both of a clock's scales.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// UTC time in milliseconds since the Unix epoch.
    pub utc_ms: i64,
    /// Time on the scale of [`Clock::monotonic`].
    pub monotonic: Duration,
}

impl Moment {
    pub fn utc(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.utc_ms).unwrap_or_default()
    }

    /// Converts `later`, a time on the monotonic scale, to milliseconds since the epoch.
    pub fn utc_ms_at(&self, later: Duration) -> i64 {
        let since = later.saturating_sub(self.monotonic).as_millis();
        self.utc_ms
            .saturating_add_unsigned(u64::try_from(since).unwrap_or(u64::MAX))
    }
}

/// A clock with millisecond precision, which is what both databases store.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System { started: Instant },
    Stepped { millis: Arc<AtomicI64> },
}

impl Clock {
    /// Returns a clock that reads the system time.
    #[expect(clippy::disallowed_methods, reason = "this is the place")]
    pub fn system() -> Self {
        Self(Source::System {
            started: Instant::now(),
        })
    }

    /// Returns a clock that stands still at `start` until [`Self::advance`] moves it. Clones share
    /// the time.
    pub fn stepped(start: DateTime<Utc>) -> Self {
        Self(Source::Stepped {
            millis: Arc::new(AtomicI64::new(start.timestamp_millis())),
        })
    }

    /// Moves a stepped clock forward. No-op for the system clock.
    pub fn advance(&self, by: TimeDelta) {
        if let Source::Stepped { millis } = &self.0 {
            millis.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
        }
    }

    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.now_ms()).unwrap_or_default()
    }

    /// Returns the current time on both scales.
    pub fn moment(&self) -> Moment {
        Moment {
            utc_ms: self.now_ms(),
            monotonic: self.monotonic(),
        }
    }

    /// Returns the current time as the databases store it: UTC without an offset.
    pub fn now_naive(&self) -> NaiveDateTime {
        self.now().naive_utc()
    }

    /// Returns the current time in milliseconds since the epoch.
    #[expect(clippy::disallowed_methods, reason = "this is the place")]
    pub fn now_ms(&self) -> i64 {
        match &self.0 {
            Source::System { .. } => {
                let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
                // Without chrono, which would compute the calendar date as well.
                since.map_or(0, |since| {
                    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
                })
            }
            Source::Stepped { millis } => millis.load(Ordering::SeqCst),
        }
    }

    /// Returns the time since a fixed moment. It never runs backwards: use it for durations and
    /// rate limits.
    pub fn monotonic(&self) -> Duration {
        match &self.0 {
            Source::System { started } => started.elapsed(),
            Source::Stepped { millis } => {
                Duration::from_millis(millis.load(Ordering::SeqCst).unsigned_abs())
            }
        }
    }
}
