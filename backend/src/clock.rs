//! The only place that knows what time it is. Everything else asks a [`Clock`],
//! so that tests and the demo can say what time it is instead.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

/// One moment on both of a clock's scales.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The date, in milliseconds since the epoch.
    pub utc_ms: i64,
    /// As [`Clock::monotonic`] has it.
    pub monotonic: Duration,
}

impl Moment {
    /// The date.
    pub fn utc(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.utc_ms).unwrap_or_default()
    }

    /// The date when the monotonic scale shows `later`, in milliseconds since the epoch.
    pub fn utc_ms_at(&self, later: Duration) -> i64 {
        let since = later.saturating_sub(self.monotonic).as_millis();
        self.utc_ms
            .saturating_add_unsigned(u64::try_from(since).unwrap_or(u64::MAX))
    }
}

/// Tells the time, to the millisecond (what both databases keep).
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System { started: Instant },
    Stepped { millis: Arc<AtomicI64> },
}

impl Clock {
    /// The machine's clock.
    #[expect(clippy::disallowed_methods, reason = "this is the place")]
    pub fn system() -> Self {
        Self(Source::System {
            started: Instant::now(),
        })
    }

    /// A clock that stands still at `start` until [`Self::advance`] moves it.
    /// Clones move together.
    pub fn stepped(start: DateTime<Utc>) -> Self {
        Self(Source::Stepped {
            millis: Arc::new(AtomicI64::new(start.timestamp_millis())),
        })
    }

    /// Moves a stepped clock forward; the machine's clock does not listen.
    pub fn advance(&self, by: TimeDelta) {
        if let Source::Stepped { millis } = &self.0 {
            millis.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
        }
    }

    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.now_ms()).unwrap_or_default()
    }

    /// Now, on both scales.
    pub fn moment(&self) -> Moment {
        Moment {
            utc_ms: self.now_ms(),
            monotonic: self.monotonic(),
        }
    }

    /// Now, as the databases keep it: UTC without saying so.
    pub fn now_naive(&self) -> NaiveDateTime {
        self.now().naive_utc()
    }

    /// Now, in milliseconds since the epoch.
    #[expect(clippy::disallowed_methods, reason = "this is the place")]
    pub fn now_ms(&self) -> i64 {
        match &self.0 {
            Source::System { .. } => {
                let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
                // Without chrono, which would work out the calendar date on the way.
                since.map_or(0, |since| {
                    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
                })
            }
            Source::Stepped { millis } => millis.load(Ordering::SeqCst),
        }
    }

    /// Time since some fixed moment, which never runs backwards: for durations
    /// and rate limits.
    pub fn monotonic(&self) -> Duration {
        match &self.0 {
            Source::System { started } => started.elapsed(),
            Source::Stepped { millis } => {
                Duration::from_millis(millis.load(Ordering::SeqCst).unsigned_abs())
            }
        }
    }
}
