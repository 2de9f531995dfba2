//! `GET /api/v1/tenant/quotas`

use crate::{auth::authorized::Authorized, error::ApiError, models::quota, state::AppState};
use actix_web::{HttpResponse, web};
use shared::operation::GetQuotas;

/// Returns the tenant's quotas and how much of each is used, in each environment.
pub async fn get_quotas(
    caller: Authorized<GetQuotas>,
    state: web::Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let now = state.clock.now_naive();
    let quotas = state
        .db
        .read_snapshot(move |conn| quota::view(conn, &caller.tenant_id, now))
        .await?;
    Ok(HttpResponse::Ok().json(quotas))
}
