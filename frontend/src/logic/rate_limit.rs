//! State of the rate limit, for display.

use chrono::{DateTime, Utc};
use shared::number::{grouped, percent};
use shared::rate_limit::{EndpointRateLimit, RateLimitView};

/// Share of the rate that triggers a warning.
pub const WARNING_PERCENT: u32 = 80;
/// Share of the rate at which the next burst may be rejected.
pub const CRITICAL_PERCENT: u32 = 95;

/// State of the rate limit at a point in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub view: RateLimitView,
    pub at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Normal,
    /// At least 80 percent.
    Warning,
    /// At least 95 percent.
    Critical,
    /// Requests were rejected in the last minute, or the next one will be.
    Exceeded,
}

impl Reading {
    /// Returns the seconds until the burst is fully available, based on the time of the reading.
    pub fn reset_seconds(&self, now: DateTime<Utc>) -> u32 {
        let passed = (now - self.at).num_seconds().max(0);
        let passed = u32::try_from(passed).unwrap_or(u32::MAX);
        self.view.reset_seconds.saturating_sub(passed)
    }

    pub fn level(&self) -> Level {
        match percent_used(&self.view) {
            _ if self.view.refused_last_minute > 0 || self.view.burst_remaining == 0 => {
                Level::Exceeded
            }
            used if used >= CRITICAL_PERCENT => Level::Critical,
            used if used >= WARNING_PERCENT => Level::Warning,
            _ => Level::Normal,
        }
    }
}

/// Returns the share of the rate used in the last minute, rounded. Exceeds 100 while a burst is
/// used up.
pub fn percent_used(view: &RateLimitView) -> u32 {
    let rate = u64::from(view.rate_per_minute).max(1);
    let percent = (u64::from(view.used_last_minute) * 100 + rate / 2) / rate;
    u32::try_from(percent).unwrap_or(u32::MAX)
}

/// Formats `45 / 300 (15%)`.
pub fn usage(view: &RateLimitView) -> String {
    format!(
        "{} / {} ({})",
        grouped(view.used_last_minute.into()),
        grouped(view.rate_per_minute.into()),
        percent(f64::from(percent_used(view)) / 100.0),
    )
}

/// Formats `Resets in 42 seconds`.
pub fn reset(seconds: u32) -> String {
    match seconds {
        0 => "Fully available".into(),
        1 => "Resets in 1 second".into(),
        _ => format!("Resets in {seconds} seconds"),
    }
}

/// Returns the endpoint whose own limit rejected the most requests in the last minute.
pub fn refusing_endpoint(view: &RateLimitView) -> Option<&EndpointRateLimit> {
    let refusing = view.endpoints.iter();
    refusing
        .filter(|endpoint| endpoint.refused_last_minute > 0)
        .max_by_key(|endpoint| endpoint.refused_last_minute)
}

/// Returns the endpoint with the smallest share of its burst left, if smaller than the plan's.
pub fn nearest_endpoint(view: &RateLimitView) -> Option<&EndpointRateLimit> {
    let left = |remaining: u32, burst: u32| f64::from(remaining) / f64::from(burst.max(1));
    let of_plan = left(view.burst_remaining, view.burst);
    view.endpoints
        .iter()
        .map(|endpoint| (left(endpoint.burst_remaining, endpoint.burst), endpoint))
        .filter(|(left, _)| *left < of_plan)
        .min_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, endpoint)| endpoint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::plan::Plan;

    fn reading(used_last_minute: u32, burst_remaining: u32) -> Reading {
        let view = RateLimitView {
            plan: Plan::Professional,
            rate_per_minute: 300,
            burst: 500,
            used_last_minute,
            refused_last_minute: 0,
            burst_remaining,
            reset_seconds: 42,
            endpoints: vec![EndpointRateLimit {
                method: "POST".into(),
                path: "/v1/emails/send".into(),
                rate_per_minute: 60,
                burst: 60,
                refused_last_minute: 0,
                burst_remaining: 30,
                reset_seconds: 30,
            }],
        };
        let at = DateTime::from_timestamp(1_000, 0).unwrap();
        Reading { view, at }
    }

    #[test]
    fn usage_reads_as_the_specification_writes_it() {
        assert_eq!(usage(&reading(45, 455).view), "45 / 300 (15%)");
        assert_eq!(usage(&reading(0, 500).view), "0 / 300 (0%)");
        assert_eq!(usage(&reading(1420, 0).view), "1,420 / 300 (473%)");
        assert_eq!(reset(42), "Resets in 42 seconds");
    }

    #[test]
    fn the_warning_begins_at_80_percent() {
        assert_eq!(reading(238, 300).level(), Level::Normal);
        assert_eq!(reading(240, 300).level(), Level::Warning);
        assert_eq!(reading(285, 300).level(), Level::Critical);
        assert_eq!(reading(10, 0).level(), Level::Exceeded);
        assert!(Level::Warning < Level::Critical);
        // Exceeded for as long as the last minute has rejected requests, even with burst left.
        let mut refused = reading(10, 200);
        refused.view.refused_last_minute = 1;
        assert_eq!(refused.level(), Level::Exceeded);
        assert_eq!(refusing_endpoint(&refused.view), None);
        refused.view.endpoints[0].refused_last_minute = 2;
        let path = refusing_endpoint(&refused.view).map(|endpoint| &*endpoint.path);
        assert_eq!(path, Some("/v1/emails/send"));
    }

    #[test]
    fn the_countdown_goes_on_without_news_and_never_below_nothing() {
        let at = |secs| DateTime::from_timestamp(secs, 0).unwrap();
        let reading = reading(45, 455);
        assert_eq!(reading.reset_seconds(at(1_000)), 42);
        assert_eq!(reading.reset_seconds(at(1_040)), 2);
        assert_eq!(reading.reset_seconds(at(2_000)), 0);
        assert_eq!(
            reading.reset_seconds(at(900)),
            42,
            "a clock that was set back"
        );
    }

    #[test]
    fn the_nearest_limit_is_named() {
        let path = |reading: &Reading| nearest_endpoint(&reading.view).map(|e| e.path.clone());
        assert_eq!(path(&reading(45, 455)).as_deref(), Some("/v1/emails/send"));
        assert_eq!(path(&reading(45, 100)), None);
    }
}
