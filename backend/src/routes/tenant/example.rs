//! Example usage of the OpenAPI document.

use chrono::{DateTime, TimeDelta, Utc};
use shared::{
    error::ErrorCode,
    ids::{KeyId, RequestId},
    key::Environment,
    usage::{
        ApiUsage, EndpointUsage, FailedRequest, KeyUsageRow, RangeView, RateLimitPeak,
        RateLimitPoint, RateLimitUsage, StatusShare, UsageErrors, UsagePoint, UsageTotals,
    },
};

/// Returns the usage of one hour, shortened to one bucket.
pub fn api_usage() -> ApiUsage {
    // 2025-11-25T10:00:00Z
    let from: DateTime<Utc> = DateTime::from_timestamp(1_764_064_800, 0).unwrap_or_default();
    let totals = UsageTotals {
        requests: 120,
        success_rate: Some(0.975),
        latency_ms_avg: Some(3.104),
        latency_ms_p50: Some(2.048),
        latency_ms_p95: Some(9.216),
        latency_ms_p99: Some(14.336),
        rate_limit_used: Some(0.15),
    };
    let key_id = KeyId::new("key_4fGh7kQ2mXyZ");
    ApiUsage {
        environment: Environment::Test,
        range: RangeView {
            from,
            to: from + TimeDelta::hours(1),
            bucket_seconds: 60,
        },
        generated_at: from + TimeDelta::hours(1),
        totals,
        previous: UsageTotals::default(),
        series: vec![UsagePoint {
            t: from,
            total: 45,
            success: 44,
            errors: 1,
            partial: false,
        }],
        endpoints: vec![EndpointUsage {
            method: "GET".into(),
            path: "/v1/contacts/{id}".into(),
            requests: 120,
            success_rate: 0.975,
            latency_ms_avg: 3.104,
            latency_ms_p95: 9.216,
            errors: 3,
        }],
        errors: UsageErrors {
            by_status: vec![StatusShare {
                status: 404,
                count: 3,
                share: 1.0,
            }],
            recent: vec![FailedRequest {
                timestamp: from,
                method: "GET".into(),
                path: "/v1/contacts/{id}".into(),
                status: 404,
                error: ErrorCode::NotFound,
                message: ErrorCode::NotFound.message().into(),
                key_id: key_id.clone(),
                request_id: RequestId::new("req_4fGh7kQ2mX00000001"),
            }],
        },
        rate_limit: RateLimitUsage {
            environment: Environment::Test,
            series: vec![RateLimitPoint {
                t: from,
                peak: 45,
                limit: 300,
            }],
            exceeded_24h: 0,
            exceeded_24h_by_endpoints: 0,
            peak: Some(RateLimitPeak {
                value: 45,
                limit: 300,
                at: from,
            }),
            events: Vec::new(),
        },
        keys: vec![KeyUsageRow {
            key_id,
            lineage_id: "key_4fGh7kQ2mXyZ".into(),
            name: "nightly-import".into(),
            requests: 120,
            success_rate: 0.975,
            last_used_at: Some(from),
        }],
        not_logged: 0,
    }
}
