//! `GET /api/v1/tenant/requests/{request_id}`

use crate::{auth::authorized::Authorized, error::ApiError, models::request_log, state::AppState};
use actix_web::{HttpResponse, web};
use shared::{ids::RequestId, operation::GetRequest};

/// Returns one of the tenant's requests, if it was kept. A key finds requests of its own
/// environment only.
pub async fn get_request(
    caller: Authorized<GetRequest>,
    state: web::Data<AppState>,
    id: web::Path<RequestId>,
) -> Result<HttpResponse, ApiError> {
    let request = state
        .db
        .read(move |conn| request_log::get(conn, &caller.visible_keys(), &id))
        .await?;
    Ok(HttpResponse::Ok().json(request))
}
