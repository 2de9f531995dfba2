//! Test fixtures of this module.

use serde_json::{Value, json};
use shared::usage::{ApiUsage, RequestDetail};

/// Builds a successful request, with fields overridden by `change`.
pub fn test_request(change: Value) -> RequestDetail {
    let mut request = json!({
        "request_id": "req_abc", "timestamp": "2025-11-25T14:34:00Z",
        "key_id": "key_abc123def456", "key_name": "Production App", "environment": "live",
        "source": "api", "client_address": "203.0.113.7", "method": "GET",
        "path": "/v1/contacts", "status": 200, "duration_ms": 4.2, "failure": null,
    });
    if let (Value::Object(request), Value::Object(change)) = (&mut request, change) {
        request.extend(change);
    }
    serde_json::from_value(request).unwrap()
}

/// Builds a day without requests, with fields overridden by `change`.
pub fn test_usage(change: Value) -> ApiUsage {
    let totals = json!({
        "requests": 0, "success_rate": null, "latency_ms_avg": null, "latency_ms_p50": null,
        "latency_ms_p95": null, "latency_ms_p99": null, "rate_limit_used": null,
    });
    let mut usage = json!({
        "environment": "live",
        "range": {
            "from": "2025-11-24T00:00:00Z", "to": "2025-11-25T00:00:00Z", "bucket_seconds": 3600,
        },
        "generated_at": "2025-11-25T00:00:00Z", "totals": totals, "previous": totals,
        "series": [], "endpoints": [], "errors": { "by_status": [], "recent": [] },
        "rate_limit": {
            "environment": "live", "series": [], "exceeded_24h": 0, "exceeded_24h_by_endpoints": 0, "peak": null, "events": [],
        },
        "keys": [], "not_logged": 0,
    });
    if let (Value::Object(usage), Value::Object(change)) = (&mut usage, change) {
        usage.extend(change);
    }
    serde_json::from_value(usage).unwrap()
}
