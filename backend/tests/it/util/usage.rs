//! API usage as reported by the server, and as counted by a test.

use super::{Key, Session};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub const API_USAGE: &str = "/api/v1/tenant/analytics/api-usage";

/// Number of responses by status.
pub type ResponseCounts = BTreeMap<u16, u64>;

impl Session<'_> {
    /// Writes buffered usage, and returns the usage report for a query.
    #[track_caller]
    pub fn api_usage(&self, query: &str) -> Value {
        self.app.flush();
        self.get(&format!("{API_USAGE}?{query}")).expect(200)
    }
}

fn sum(list: &Value, member: &str) -> u64 {
    let numbers = list.as_array().expect("is a list").iter();
    numbers
        .map(|entry| entry[member].as_u64().expect("is a number"))
        .sum()
}

/// Checks that every part of the report agrees with these responses.
#[track_caller]
pub fn check_api_usage(usage: &Value, received: &ResponseCounts) {
    let all: u64 = received.values().sum();
    let failed: ResponseCounts = received
        .iter()
        .filter(|(status, _)| **status >= 400)
        .map(|(status, count)| (*status, *count))
        .collect();
    let errors: u64 = failed.values().sum();
    assert_eq!(usage["totals"]["requests"], all);
    let rate = (all > 0).then(|| (all - errors) as f64 / all as f64);
    assert_eq!(usage["totals"]["success_rate"], json!(rate));
    assert_eq!(sum(&usage["series"], "total"), all);
    assert_eq!(sum(&usage["series"], "errors"), errors);
    assert_eq!(sum(&usage["series"], "success"), all - errors);
    assert_eq!(sum(&usage["endpoints"], "requests"), all);
    assert_eq!(sum(&usage["endpoints"], "errors"), errors);
    assert_eq!(sum(&usage["keys"], "requests"), all);
    let by_status = usage["errors"]["by_status"].as_array().expect("is a list");
    let reported: ResponseCounts = by_status
        .iter()
        .map(|entry| {
            let [status, count] = ["status", "count"].map(|name| entry[name].as_u64());
            let status = status.and_then(|status| u16::try_from(status).ok());
            (status.expect("is a status"), count.expect("is a number"))
        })
        .collect();
    assert_eq!(reported, failed);
}

/// Makes three live requests, one of which fails, and two failing test requests.
pub fn call_with_both(live: &Key<'_>, test: &Key<'_>) {
    live.get("/v1/whoami").expect(200);
    live.get("/v1/contacts").expect(200);
    live.get("/v1/nothing").expect(404);
    test.get("/v1/campaigns").expect(403);
    test.get("/v1/nothing").expect(404);
}
