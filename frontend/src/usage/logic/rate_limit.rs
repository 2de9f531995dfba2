//! Rate limit usage, in sentences.

use crate::logic::rate_limit::WARNING_PERCENT;
use shared::number::{counted, grouped};
use shared::usage::{RateLimitPeak, RateLimitUsage};

/// Formats `Rate limit exceeded 3 times in the last 24 hours`.
pub fn exceeded(times: u64) -> String {
    match times {
        0 => "Rate limit not exceeded in the last 24 hours".into(),
        _ => format!(
            "Rate limit exceeded {} in the last 24 hours",
            counted(times, "time")
        ),
    }
}

/// Describes the limits that rejected requests: `61 by an endpoint's own limit, 124 by the plan's`.
/// Returns `None` if only the plan's limit did.
pub fn refused_by(refused: u64, by_endpoints: u64) -> Option<String> {
    let by_plan = refused.saturating_sub(by_endpoints);
    match (by_endpoints, by_plan) {
        (0, _) => None,
        (_, 0) => Some("all by an endpoint's own limit".into()),
        _ => Some(format!(
            "{} by an endpoint's own limit, {} by the plan's",
            grouped(by_endpoints),
            grouped(by_plan),
        )),
    }
}

/// Advice that fits the limit that was hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// Batch requests or upgrade the plan.
    BatchOrUpgrade,
    /// Spread out calls of an endpoint; a larger plan doesn't raise its limit.
    SpreadOut,
}

/// Formats `Peak usage: 285 / 300 requests/minute at 2:15 PM`.
pub fn peak(peak: &RateLimitPeak, at: &str) -> String {
    format!(
        "Peak usage: {} / {} requests/minute at {at}",
        grouped(peak.value.into()),
        grouped(peak.limit.into()),
    )
}

/// Returns a percentage of the limit, rounded to whole requests.
pub fn threshold(limit: u32, percent: u32) -> u64 {
    (u64::from(limit) * u64::from(percent) + 50) / 100
}

/// Returns advice if requests were rejected in the range or the last 24 hours, or usage came near
/// the limit.
pub fn advice(usage: &RateLimitUsage) -> Option<Advice> {
    let is_near = |peak: &RateLimitPeak| {
        u64::from(peak.value) * 100 >= u64::from(peak.limit) * u64::from(WARNING_PERCENT)
    };
    let mut refused = usage.events.iter();
    let by_plan = usage.exceeded_24h > usage.exceeded_24h_by_endpoints
        || refused.any(|minute| minute.refused > minute.refused_by_endpoints)
        || usage.peak.as_ref().is_some_and(is_near);
    let by_endpoint = usage.exceeded_24h_by_endpoints > 0 || !usage.events.is_empty();
    match (by_plan, by_endpoint) {
        (true, _) => Some(Advice::BatchOrUpgrade),
        (false, true) => Some(Advice::SpreadOut),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logic::rate_limit::CRITICAL_PERCENT;
    use chrono::DateTime;
    use shared::key::Environment;

    fn usage(exceeded_24h: u64, value: u32) -> RateLimitUsage {
        RateLimitUsage {
            environment: Environment::Live,
            series: Vec::new(),
            exceeded_24h,
            exceeded_24h_by_endpoints: 0,
            peak: Some(RateLimitPeak {
                value,
                limit: 300,
                at: DateTime::from_timestamp(0, 0).unwrap(),
            }),
            events: Vec::new(),
        }
    }

    #[test]
    fn events_read_as_the_specification_writes_them() {
        assert_eq!(
            exceeded(3),
            "Rate limit exceeded 3 times in the last 24 hours"
        );
        assert_eq!(
            exceeded(1),
            "Rate limit exceeded 1 time in the last 24 hours"
        );
        assert_eq!(
            peak(&usage(0, 285).peak.unwrap(), "2:15 PM"),
            "Peak usage: 285 / 300 requests/minute at 2:15 PM"
        );
    }

    #[test]
    fn refusals_are_blamed_on_the_limit_that_refused() {
        assert_eq!(refused_by(185, 0), None);
        let all = "all by an endpoint's own limit";
        assert_eq!(refused_by(61, 61).as_deref(), Some(all));
        let both = "61 by an endpoint's own limit, 1,124 by the plan's";
        assert_eq!(refused_by(1185, 61).as_deref(), Some(both));
    }

    #[test]
    fn the_advice_is_what_helps_against_the_limit_that_refused() {
        assert_eq!(advice(&usage(0, 239)), None);
        assert_eq!(advice(&usage(0, 240)), Some(Advice::BatchOrUpgrade));
        assert_eq!(advice(&usage(1, 0)), Some(Advice::BatchOrUpgrade));
        let by_endpoints = |refused| RateLimitUsage {
            exceeded_24h_by_endpoints: refused,
            ..usage(3, 10)
        };
        assert_eq!(advice(&by_endpoints(3)), Some(Advice::SpreadOut));
        assert_eq!(advice(&by_endpoints(2)), Some(Advice::BatchOrUpgrade));
    }

    #[test]
    fn thresholds_are_whole_requests() {
        assert_eq!(threshold(300, WARNING_PERCENT), 240);
        assert_eq!(threshold(300, CRITICAL_PERCENT), 285);
        assert_eq!(threshold(7, CRITICAL_PERCENT), 7);
    }
}
