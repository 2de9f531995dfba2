//! `GET /api/v1/tenant/rate-limit`: returns the rate limit.

use crate::{
    auth::authorized::Authorized, endpoint::endpoint, error::ApiError, json,
    models::tenant::Tenant, state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use shared::{key::Environment, operation, rate_limit::RateLimitView};

/// Query parameters of the rate limit.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RateLimitQuery {
    /// The environment of the calling key.
    #[param(example = "test", inline)]
    environment: Option<Environment>,
}

/// Get the rate limit
///
/// Returns how much of the rate limits is used in the calling key's environment: requests in the
/// last minute, refused ones, and the remaining burst. Each endpoint with its own limit is listed.
/// Use it to plan a batch of calls; the headers of every response have the same state.
#[endpoint(operation::GetRateLimit, errors(BeyondYourRights),
    examples(InvalidQuery("environment", "There is no such environment. Use live or test.")),
    tag = "Management", params(RateLimitQuery),
    responses((status = 200, description = "The rate limit now", body = RateLimitView,
        example = json!({"plan": "professional", "rate_per_minute": 300, "burst": 500,
            "used_last_minute": 45, "refused_last_minute": 0, "burst_remaining": 499,
            "reset_seconds": 1, "endpoints": [{"method": "POST", "path": "/v1/emails/send",
                "rate_per_minute": 60, "burst": 60, "refused_last_minute": 0,
                "burst_remaining": 60, "reset_seconds": 0}]}))))]
pub async fn get_rate_limit(
    caller: Authorized<operation::GetRateLimit>,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let query: RateLimitQuery = json::parse_query(&request)?;
    let environment = caller.requested_environment(query.environment)?;
    let tenant = state
        .db
        .read(move |conn| Tenant::get(conn, &caller.tenant_id))
        .await?;
    let limits = state.tenants.refresh(&tenant)?;
    Ok(HttpResponse::Ok().json(limits.view(environment, state.clock.monotonic())))
}
