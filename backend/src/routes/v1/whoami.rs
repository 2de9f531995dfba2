//! `GET /v1/whoami`: returns the calling key.

use crate::{endpoint::endpoint, gateway::caller::ApiCaller, json, keys::cache::KeyRecord};
use actix_web::HttpResponse;
use serde::Serialize;
use shared::{key::Environment, operation, rate_limit::RateLimitView, scope::ScopeSet};

/// The calling API key and its rate limit.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WhoamiView<'a> {
    /// The id of the calling key.
    key_id: &'a str,
    /// The environment that the key belongs to.
    environment: Environment,
    /// The permissions that are in effect, without those pending approval.
    #[schema(value_type = Vec<shared::scope::Scope>)]
    permissions: ScopeSet,
    /// The current usage of the plan's rate limit.
    rate_limit: RateLimitView,
}

/// [`WhoamiView`] without the field that changes between calls.
#[derive(Serialize)]
struct WhoamiPrefix<'a> {
    key_id: &'a str,
    environment: Environment,
    permissions: ScopeSet,
}

/// Test the connection
///
/// Returns the calling key, its permissions in effect and the state of its rate limit. Any valid
/// key can call it, and it does not touch the database. Use it for the first call, as a health
/// check, and to find out what a key can do before you try.
#[endpoint(operation::Whoami, tag = "Account",
    responses((status = 200, description = "The calling key", body = WhoamiView,
        example = json!({"key_id": "key_4fGh7kQ2mXyZ", "environment": "live",
            "permissions": ["contacts:read", "contacts:write"],
            "rate_limit": {"plan": "professional", "rate_per_minute": 300, "burst": 500,
                "used_last_minute": 45, "refused_last_minute": 0, "burst_remaining": 455, "reset_seconds": 9,
                "endpoints": []}}))))]
pub async fn whoami(caller: ApiCaller<operation::Whoami>) -> HttpResponse {
    let key = &caller.key;
    let now = caller.at.monotonic;
    let whoami_prefix = key.whoami_prefix.get_or_init(|| whoami_prefix(key));
    let mut body = Vec::with_capacity(512);
    body.extend_from_slice(whoami_prefix);
    body.extend_from_slice(br#","rate_limit":"#);
    key.limits.write_view(key.environment, now, &mut body);
    body.push(b'}');
    json::answer(body)
}

/// Builds the JSON up to the last field, which is appended for each call.
fn whoami_prefix(key: &KeyRecord) -> Vec<u8> {
    let whoami_prefix = WhoamiPrefix {
        key_id: key.id.as_str(),
        environment: key.environment,
        permissions: key.effective,
    };
    // Serializing three strings cannot fail.
    let mut json = serde_json::to_vec(&whoami_prefix).unwrap_or_default();
    json.pop();
    json
}
