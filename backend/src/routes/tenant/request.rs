//! `GET /api/v1/tenant/requests/{request_id}`

use crate::{auth::authorized::Authorized, error::ApiError, models::request_log, state::AppState};
use actix_web::{HttpResponse, web};
use shared::{ids::RequestId, operation::GetRequest};

/// One of the tenant's requests, if it was kept.
pub async fn get_request(
    caller: Authorized<GetRequest>,
    state: web::Data<AppState>,
    id: web::Path<RequestId>,
) -> Result<HttpResponse, ApiError> {
    let request = state
        .db
        .read(move |conn| request_log::get(conn, &caller.tenant_id, &id))
        .await?;
    Ok(HttpResponse::Ok().json(request))
}
