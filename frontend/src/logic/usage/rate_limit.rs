//! How near the rate limit was, in the specification's sentences.

use crate::logic::number::{counted, grouped};
use shared::usage::{RateLimitPeak, RateLimitUsage};

/// The share of the limit from which on the dashboard warns.
pub const WARNING: f64 = 0.8;
/// The share from which on the next burst may be refused.
pub const CRITICAL: f64 = 0.95;

/// `Rate limit exceeded 3 times in the last 24 hours`.
pub fn exceeded(times: u64) -> String {
    match times {
        0 => "Rate limit not exceeded in the last 24 hours".into(),
        _ => format!(
            "Rate limit exceeded {} in the last 24 hours",
            counted(times, "time")
        ),
    }
}

/// Whether requests were refused although the account's limit was not reached: most likely
/// by an endpoint's own limit, which the answer does not tell apart.
pub fn is_endpoint_limit(usage: &RateLimitUsage) -> bool {
    let is_below = |peak: &RateLimitPeak| peak.value < peak.limit;
    usage.exceeded_24h > 0 && usage.peak.as_ref().is_some_and(is_below)
}

/// `Peak usage: 285 / 300 requests/minute at 2:15 PM`.
pub fn peak(peak: &RateLimitPeak, at: &str) -> String {
    format!(
        "Peak usage: {} / {} requests/minute at {at}",
        grouped(peak.value.into()),
        grouped(peak.limit.into()),
    )
}

/// A line of the chart at a share of the limit, whole requests.
pub fn threshold(limit: u32, share: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a number of requests is small and not negative"
    )]
    let value = (f64::from(limit) * share).round() as u64;
    value
}

/// Whether batching requests or a larger plan is worth a thought.
pub fn needs_recommendation(usage: &RateLimitUsage) -> bool {
    let is_near = |peak: &RateLimitPeak| f64::from(peak.value) >= f64::from(peak.limit) * WARNING;
    usage.exceeded_24h > 0 || !usage.events.is_empty() || usage.peak.as_ref().is_some_and(is_near)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use shared::key::Environment;

    fn usage(exceeded_24h: u64, value: u32) -> RateLimitUsage {
        RateLimitUsage {
            environment: Environment::Live,
            series: Vec::new(),
            exceeded_24h,
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
    fn refusals_below_the_limit_are_those_of_an_endpoint() {
        assert!(is_endpoint_limit(&usage(61, 230)));
        assert!(!is_endpoint_limit(&usage(61, 300)));
        assert!(!is_endpoint_limit(&usage(0, 230)));
    }

    #[test]
    fn the_recommendation_comes_with_its_reason() {
        assert!(!needs_recommendation(&usage(0, 239)));
        assert!(needs_recommendation(&usage(0, 240)));
        assert!(needs_recommendation(&usage(1, 0)));
    }

    #[test]
    fn thresholds_are_whole_requests() {
        assert_eq!(threshold(300, WARNING), 240);
        assert_eq!(threshold(300, CRITICAL), 285);
        assert_eq!(threshold(7, CRITICAL), 7);
    }
}
