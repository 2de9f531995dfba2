//! Admitted and refused requests per minute, held until they are flushed.

use super::LimitKind;
use shared::{ids::TenantId, key::Environment};

/// Decisions of one minute under one limit since the last flush.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinuteCount {
    /// Minutes since the Unix epoch.
    pub minute: i64,
    pub admitted: u32,
    pub refused: u32,
    /// Part of `refused` that a single endpoint's limit refused.
    pub refused_by_endpoint: u32,
    /// Requests per minute that the limit allowed at the time.
    pub limit: u32,
}

/// Decisions of the rate limit of one tenant and environment in one minute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateCount {
    pub tenant_id: TenantId,
    pub environment: Environment,
    pub count: MinuteCount,
}

/// Counts that have not been flushed yet. They are updated under the lock of the buckets, so
/// counting costs one addition.
#[derive(Debug, Default)]
pub struct Minutes(Vec<MinuteCount>);

impl Minutes {
    pub fn count(&mut self, minute: i64, limit: u32, refused_by: Option<LimitKind>) {
        let count = match self.0.last_mut() {
            Some(count) if (count.minute, count.limit) == (minute, limit) => count,
            _ => self.0.push_mut(MinuteCount {
                minute,
                admitted: 0,
                refused: 0,
                refused_by_endpoint: 0,
                limit,
            }),
        };
        match refused_by {
            None => count.admitted += 1,
            Some(by) => {
                count.refused += 1;
                count.refused_by_endpoint += u32::from(by == LimitKind::Endpoint);
            }
        }
    }

    /// Takes all counts, leaving none.
    pub fn take(&mut self) -> Vec<MinuteCount> {
        std::mem::take(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_minute_and_limit_is_counted_by_itself() {
        let mut minutes = Minutes::default();
        minutes.count(7, 300, None);
        minutes.count(7, 300, Some(LimitKind::Plan));
        minutes.count(7, 300, Some(LimitKind::Endpoint));
        minutes.count(8, 300, None);
        minutes.count(8, 1000, None);
        let count = |minute, admitted, refused, limit| MinuteCount {
            minute,
            admitted,
            refused,
            refused_by_endpoint: refused / 2,
            limit,
        };
        let counts = [
            count(7, 1, 2, 300),
            count(8, 1, 0, 300),
            count(8, 1, 0, 1000),
        ];
        assert_eq!(minutes.take(), counts);
        assert_eq!(minutes.take(), []);
    }
}
