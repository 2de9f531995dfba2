//! `GET /api/v1/tenant/rate-limit`

use crate::{
    auth::authorized::Authorized, error::ApiError, json, models::tenant::Tenant, state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use shared::{
    error::{ErrorCode, FieldError},
    key::Environment,
    operation::GetRateLimit,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    environment: Option<Environment>,
}

/// Tells how much of the plan's rate is in use. Looking costs nothing. A key sees the limit
/// of its own environment only.
pub async fn get_rate_limit(
    caller: Authorized<GetRateLimit>,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let query: Query = json::parse_query(&request)?;
    let environment = match (caller.environment(), query.environment) {
        (Some(own), Some(asked)) if own != asked => return Err(other_environment()),
        (Some(own), _) => own,
        (None, asked) => asked.unwrap_or(Environment::Live),
    };
    let tenant = state
        .db
        .read(move |conn| Tenant::get(conn, &caller.tenant_id))
        .await?;
    let limits = state.tenants.limits(&tenant)?;
    Ok(HttpResponse::Ok().json(limits.view(environment, state.clock.monotonic())))
}

fn other_environment() -> ApiError {
    let message = "A key sees the rate limit of its own environment only. Leave this out.";
    let error = FieldError::new("environment", ErrorCode::BeyondYourRights, message);
    ApiError::fields(vec![error])
}
