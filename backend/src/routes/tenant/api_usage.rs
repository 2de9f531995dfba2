//! `GET /api/v1/tenant/analytics/api-usage`

use crate::{
    auth::authorized::Authorized,
    endpoint::endpoint,
    error::ApiError,
    models::usage::{report, subject::Subject},
    routes::tenant::{example, usage_query},
    state::AppState,
    usage::{
        query::UsageParams,
        response_cache::{CachedResponse, MAX_AGE},
    },
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use shared::{operation, usage::ApiUsage};
use std::time::Duration;

/// Get API usage
///
/// Returns how the API was used in a range of time: requests, errors and latency in all, over time,
/// by endpoint and by key. The same query gets the same response for a minute. Use it for
/// dashboards and to notice unusual traffic.
#[endpoint(operation::GetApiUsage, errors(NotFound),
    examples(InvalidQuery("range", "Use 1h, 24h, 7d, 30d or custom.")), tag = "Management",
    params(UsageParams),
    responses((status = 200, description = "The usage", body = ApiUsage,
        example = json!(example::api_usage()))))]
pub async fn get_api_usage(
    caller: Authorized<operation::GetApiUsage>,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = state.clock.now();
    let computed_at = state.clock.monotonic();
    let query = usage_query(&request, &caller, now)?;
    let tenant = caller.tenant_id;
    let cache = &state.usage_responses;
    if let Some(response) = cache.get(&tenant, &query, computed_at) {
        return Ok(respond(&response, computed_at));
    }
    let _permit = cache.permit().await?;
    if let Some(response) = cache.get(&tenant, &query, computed_at) {
        return Ok(respond(&response, computed_at));
    }
    let of_tenant = tenant.clone();
    let of_query = query.clone();
    let usage = state
        .db
        .read_snapshot(move |conn| {
            let subject = Subject::resolve(conn, of_tenant, &of_query)?;
            report::load(conn, &subject, of_query.range(now), now)
        })
        .await?;
    let body = serde_json::to_vec(&usage).map_err(ApiError::internal)?;
    let response = CachedResponse {
        body: body.into(),
        computed_at,
    };
    cache.insert(tenant, query, response.clone());
    Ok(respond(&response, computed_at))
}

/// Lets browsers cache the response for the rest of its minute, separately for each session.
fn respond(response: &CachedResponse, now: Duration) -> HttpResponse {
    let max_age = format!("private, max-age={}", MAX_AGE.as_secs());
    let age = now.saturating_sub(response.computed_at).as_secs();
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, max_age))
        .insert_header((header::AGE, age))
        .insert_header((header::VARY, "Cookie, Authorization"))
        .body(response.body.clone())
}
