//! Response headers of the operations.

use serde_json::{Value, json};

/// Name, description and example of each header.
const HEADERS: [(&str, &str, &str); 10] = [
    (
        "X-Request-Id",
        "Identifier of the request, for support",
        "req_4fGh7kQ2mX00000001",
    ),
    (
        "X-RateLimit-Limit",
        "Maximum burst of the limit with the fewest remaining requests",
        "500",
    ),
    (
        "X-RateLimit-Remaining",
        "Remaining requests of that limit",
        "499",
    ),
    (
        "X-RateLimit-Reset",
        "Seconds until that limit is fully restored",
        "1",
    ),
    (
        "RateLimit-Policy",
        "All applied limits: quota `q` in a window of `w` seconds",
        "\"plan\";q=500;w=100",
    ),
    (
        "RateLimit",
        "State of each limit: `r` remaining requests, restored after `t` seconds",
        "\"plan\";r=499;t=1",
    ),
    (
        "Deprecation",
        "Time at which the key was rotated, if it was",
        "@1764066600",
    ),
    (
        "Sunset",
        "Time at which the key stops working, if it is soon",
        "Wed, 26 Nov 2025 10:30:00 GMT",
    ),
    (
        "ETag",
        "Version of the resource, for `If-Match`",
        "\"3q2-7wAAAAAAAAAAAAAAAA\"",
    ),
    ("Retry-After", "Seconds to wait before retrying", "42"),
];

/// Returns the header descriptions for the document's components.
pub fn all() -> Value {
    let headers = HEADERS.iter().map(|(name, description, example)| {
        let header = json!({
            "description": description, "schema": { "type": "string" }, "example": example
        });
        ((*name).to_owned(), header)
    });
    Value::Object(headers.collect())
}

/// Adds the headers to each response of the operation.
pub fn add(responses: &mut Value, has_etag: bool) {
    for (status, response) in responses.as_object_mut().into_iter().flatten() {
        let is_counted = status.starts_with('2');
        let brings = |name: &str| match name {
            "X-Request-Id" => true,
            "Retry-After" => status == "429",
            "ETag" => is_counted && has_etag,
            _ => is_counted,
        };
        for (name, ..) in HEADERS.iter().filter(|(name, ..)| brings(name)) {
            let reference = format!("#/components/headers/{name}");
            response["headers"][name] = json!({ "$ref": reference });
        }
    }
}
