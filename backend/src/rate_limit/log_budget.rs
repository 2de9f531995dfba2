//! Limits how many requests of a tenant the request log keeps.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// A tenant's budget of log entries. At a thousand requests per second, a complete log would grow by a
/// terabyte per month; with this budget, it is a few gigabytes, and a tenant with less than one
/// request per second finds all of them.
#[derive(Debug, Default)]
pub struct LogBudget {
    successes: Allowance<1000, 60>,
    failures: Allowance<100, 600>,
}

impl LogBudget {
    /// Takes an entry from the budget. Returns `false` if it is used up. `now` is monotonic.
    pub fn take(&self, status: u16, now: Duration) -> bool {
        if status < 400 {
            self.successes.take(now)
        } else {
            self.failures.take(now)
        }
    }
}

/// A token bucket: one token every `EVERY_MS`, at most `SAVED`.
#[derive(Debug, Default)]
struct Allowance<const EVERY_MS: u64, const SAVED: u64> {
    /// Time at which the bucket is full again.
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
        // Failed requests have a separate bucket.
        assert_eq!(taken(500, at(5_000)), 600);
        assert_eq!(taken(404, at(6_000)), 10);
    }
}
