//! `GET /api/v1/tenant/rate-limit`

use crate::{
    auth::authorized::{Actor, Authorized},
    error::ApiError,
    json,
    models::tenant::Tenant,
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use shared::{key::Environment, operation::GetRateLimit};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    environment: Option<Environment>,
}

/// How much of the plan's rate is in use. Looking costs nothing.
pub async fn get_rate_limit(
    caller: Authorized<GetRateLimit>,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let query: Query = json::parse_query(&request)?;
    let own = match &caller.actor {
        Actor::Key(key) => key.environment,
        Actor::User(_) => Environment::Live,
    };
    let tenant = state
        .db
        .read(move |conn| Tenant::get(conn, &caller.tenant_id))
        .await?;
    let limits = state.tenants.limits(&tenant)?;
    let environment = query.environment.unwrap_or(own);
    Ok(HttpResponse::Ok().json(limits.view(environment, state.clock.monotonic())))
}
