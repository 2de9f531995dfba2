//! `GET /v1/whoami`

use crate::{gateway::caller::ApiCaller, json, keys::cache::KeyRecord};
use actix_web::HttpResponse;
use serde::Serialize;
use shared::{key::Environment, operation::Whoami, rate_limit::RateLimitView, scope::ScopeSet};

/// The key that asks.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WhoamiView<'a> {
    /// The key's id.
    key_id: &'a str,
    /// Which data it works on.
    environment: Environment,
    /// What it may do now: scopes that wait for approval are left out.
    #[schema(value_type = Vec<shared::scope::Scope>)]
    permissions: ScopeSet,
    /// How much of the plan's rate is in use.
    rate_limit: RateLimitView,
}

/// [`WhoamiView`] without the member that changes from call to call.
#[derive(Serialize)]
struct Introduction<'a> {
    key_id: &'a str,
    environment: Environment,
    permissions: ScopeSet,
}

/// Test the connection
///
/// Tells which key is asking and what it may do. Any valid key may call it, and
/// it does not touch the database: a good first call and a good health check.
#[utoipa::path(get, path = "/v1/whoami", tag = "Account",
    responses((status = 200, description = "The key that asks", body = WhoamiView,
        example = json!({"key_id": "key_4fGh7kQ2mXyZ", "environment": "live",
            "permissions": ["contacts:read", "contacts:write"],
            "rate_limit": {"plan": "professional", "rate_per_minute": 300, "burst": 500,
                "used_last_minute": 45, "refused_last_minute": 0, "burst_remaining": 455, "reset_seconds": 9,
                "endpoints": []}}))))]
pub async fn whoami(caller: ApiCaller<Whoami>) -> HttpResponse {
    let (key, now) = (&caller.key, caller.at.monotonic);
    let introduction = key.introduction.get_or_init(|| introduction(key));
    let mut body = Vec::with_capacity(512);
    body.extend_from_slice(introduction);
    body.extend_from_slice(br#","rate_limit":"#);
    key.limits.write_view(key.environment, now, &mut body);
    body.push(b'}');
    json::answer(body)
}

/// JSON that goes on with the last member.
fn introduction(key: &KeyRecord) -> Vec<u8> {
    let introduction = Introduction {
        key_id: key.id.as_str(),
        environment: key.environment,
        permissions: key.effective,
    };
    // Three texts: this cannot fail.
    let mut json = serde_json::to_vec(&introduction).unwrap_or_default();
    json.pop();
    json
}
