//! Limits how many requests of a tenant the request log keeps.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// How much of one tenant's requests is kept. At a thousand requests a second all of
/// them would be a terabyte a month; within this, a month is at most a few gigabytes,
/// and a tenant with less than one request a second finds every one of them.
#[derive(Debug, Default)]
pub struct LogBudget {
    successes: Allowance<1000, 60>,
    failures: Allowance<100, 600>,
}

impl LogBudget {
    /// Takes the room for one request; `false` if there is none. `now` is monotonic.
    pub fn take(&self, status: u16, now: Duration) -> bool {
        if status < 400 {
            self.successes.take(now)
        } else {
            self.failures.take(now)
        }
    }
}

/// Something of which there is one more every so many milliseconds, and at most
/// `SAVED` at once.
#[derive(Debug, Default)]
struct Allowance<const EVERY_MS: u64, const SAVED: u64> {
    /// When all will have been replaced that was taken so far.
    replaced_ms: AtomicU64,
}

impl<const EVERY_MS: u64, const SAVED: u64> Allowance<EVERY_MS, SAVED> {
    fn take(&self, now: Duration) -> bool {
        let now_ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        let after = |replaced_ms: u64| {
            let next = replaced_ms.max(now_ms) + EVERY_MS;
            (next <= now_ms + EVERY_MS * SAVED).then_some(next)
        };
        let order = Ordering::Relaxed;
        self.replaced_ms.fetch_update(order, order, after).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowance_is_saved_up_and_then_used_at_its_pace() {
        let budget = LogBudget::default();
        let at = Duration::from_millis;
        let taken = |status, now| (0..2000).filter(|_| budget.take(status, now)).count();
        assert_eq!(taken(200, at(5_000)), 60);
        assert_eq!(taken(200, at(5_999)), 0);
        assert_eq!(taken(200, at(6_000)), 1);
        assert_eq!(taken(200, at(16_000)), 10);
        assert_eq!(taken(200, at(1_000_000)), 60);
        // Failures have an allowance of their own.
        assert_eq!(taken(500, at(5_000)), 600);
        assert_eq!(taken(404, at(6_000)), 10);
    }
}
