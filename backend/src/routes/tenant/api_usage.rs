//! `GET /api/v1/tenant/analytics/api-usage`

use super::{
    example,
    usage_query::{UsageQuery, UsageTexts},
};
use crate::{
    auth::authorized::Authorized,
    error::ApiError,
    models::usage_report,
    state::AppState,
    usage::answers::{Answer, FRESH},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use shared::{operation::GetApiUsage, usage::ApiUsage};
use std::time::Duration;

/// Get API usage
///
/// Returns how the API was used in a range of time: requests, errors and latency in all, over time,
/// by endpoint and by key. The same query gets the same response for a minute.
#[utoipa::path(get, path = "/api/v1/tenant/analytics/api-usage", tag = "Management",
    params(UsageTexts),
    responses((status = 200, description = "The usage", body = ApiUsage,
        example = json!(example::api_usage()))))]
pub async fn get_api_usage(
    caller: Authorized<GetApiUsage>,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let (now, made) = (state.clock.now(), state.clock.monotonic());
    let query = UsageQuery::of(&request, &caller, now)?;
    let tenant = caller.tenant_id;
    let answers = &state.usage_answers;
    if let Some(answer) = answers.get(&tenant, &query, made) {
        return Ok(respond(&answer, made));
    }
    let _turn = answers.turn().await?;
    if let Some(answer) = answers.get(&tenant, &query, made) {
        return Ok(respond(&answer, made));
    }
    let (of, asked) = (tenant.clone(), query.clone());
    let usage = state
        .db
        .read_snapshot(move |conn| {
            let subject = asked.subject(conn, of)?;
            usage_report::load(conn, &subject, asked.period(now), now)
        })
        .await?;
    let body = serde_json::to_vec(&usage).map_err(ApiError::internal)?;
    let answer = Answer {
        body: body.into(),
        made,
    };
    answers.put(tenant, query, answer.clone());
    Ok(respond(&answer, made))
}

/// A browser may keep it for what is left of its minute, and not for another session.
fn respond(answer: &Answer, now: Duration) -> HttpResponse {
    let max_age = format!("private, max-age={}", FRESH.as_secs());
    let age = now.saturating_sub(answer.made).as_secs();
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, max_age))
        .insert_header((header::AGE, age))
        .insert_header((header::VARY, "Cookie, Authorization"))
        .body(answer.body.clone())
}
