//! Counts of admitted and refused requests, by minute, until they are written.

use super::LimitKind;
use shared::{ids::TenantId, key::Environment};

/// The decisions of one minute under one limit, or the part of them since the last flush.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinuteCount {
    /// Minutes since the epoch.
    pub minute: i64,
    /// Requests that were admitted.
    pub admitted: u32,
    /// Requests that were refused.
    pub refused: u32,
    /// Of these, the ones that the limit of a single endpoint refused.
    pub refused_by_endpoint: u32,
    /// Requests per minute that were granted then.
    pub limit: u32,
}

/// What the limit of one environment decided in a minute, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateCount {
    /// Whose limit.
    pub tenant_id: TenantId,
    /// Of which environment.
    pub environment: Environment,
    /// The decisions.
    pub count: MinuteCount,
}

/// The minutes that are not written yet. Counted under the lock of the buckets that
/// decide, so that it costs an addition.
#[derive(Debug, Default)]
pub struct Minutes(Vec<MinuteCount>);

impl Minutes {
    /// Counts a decision.
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

    /// Takes all counts.
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
