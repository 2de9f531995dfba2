//! `GET /api/v1/tenant/quotas`: returns quotas and usage.

use crate::{
    auth::authorized::Authorized, endpoint::endpoint, error::ApiError, models::quota,
    state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{operation, quota::QuotasView};

/// Get quotas
///
/// Returns the maximum number of templates, contacts, keys, queued emails and stored bytes, and how
/// much of each is used, separately for live and test. Use it before an import. A request that
/// would exceed a quota is refused with `quota_exceeded`.
#[endpoint(operation::GetQuotas, tag = "Management",
    responses((status = 200, description = "Quotas and use", body = QuotasView,
        example = json!({
            "limits": {"templates": 500, "contacts": 100_000, "keys": 200,
                "stored_bytes": 26_843_545_600_u64, "queued_emails": 50_000},
            "live": {"templates": 3, "contacts": 1250, "keys": 4, "stored_bytes": 1_048_576,
                "queued_emails": 0},
            "test": {"templates": 1, "contacts": 20, "keys": 2, "stored_bytes": 20_480,
                "queued_emails": 0}}))))]
pub async fn get_quotas(
    caller: Authorized<operation::GetQuotas>,
    state: web::Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let now = state.clock.now_naive();
    let quotas = state
        .db
        .read_snapshot(move |conn| quota::view(conn, &caller.tenant_id, now))
        .await?;
    Ok(HttpResponse::Ok().json(quotas))
}
