//! `GET /api/v1/tenant/analytics/api-usage`

use super::usage_query::UsageQuery;
use crate::{auth::authorized::Authorized, error::ApiError, models::usage_report, state::AppState};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use shared::operation::GetApiUsage;

/// How the API was used in a range of time.
pub async fn get_api_usage(
    caller: Authorized<GetApiUsage>,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let now = state.clock.now();
    let query = UsageQuery::of(&request, now)?;
    let usage = state
        .db
        .read(move |conn| {
            let subject = query.subject(conn, caller.tenant_id)?;
            usage_report::load(conn, &subject, query.period(now), now)
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "private, max-age=60"))
        .json(usage))
}
