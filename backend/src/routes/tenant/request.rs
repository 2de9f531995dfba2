//! `GET /api/v1/tenant/requests/{request_id}`: returns one request.

use crate::{
    auth::authorized::Authorized, endpoint::endpoint, error::ApiError, models::usage::request_log,
    state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{ids::RequestId, operation, usage::RequestDetail};

/// Get a request
///
/// Returns one request in the calling key's environment with its result, if it was kept in the
/// request log. Failed requests, and a sample of the others, are kept for 30 days. Use it to find out
/// why a request failed whose `X-Request-Id` you know.
#[endpoint(operation::GetRequest, tag = "Management",
    params(("request_id" = RequestId, Path, description = "The request's id: `X-Request-Id`",
        example = "req_4fGh7kQ2mX00000001")),
    responses((status = 200, description = "The request", body = RequestDetail,
        example = json!({"request_id": "req_4fGh7kQ2mX00000001",
            "timestamp": "2025-11-25T10:30:00Z", "key_id": "key_4fGh7kQ2mXyZ",
            "key_name": "nightly-import", "environment": "test", "source": "api",
            "client_address": "203.0.113.7", "method": "GET", "path": "/v1/contacts/{id}",
            "status": 404, "duration_ms": 1.204, "failure": {"error": "not_found",
                "message": "There is no such resource.", "refused_by": "handler"}}))))]
pub async fn get_request(
    caller: Authorized<operation::GetRequest>,
    state: web::Data<AppState>,
    id: web::Path<RequestId>,
) -> Result<HttpResponse, ApiError> {
    let request = state
        .db
        .read(move |conn| request_log::get(conn, &caller.visible_keys(), &id))
        .await?;
    Ok(HttpResponse::Ok().json(request))
}
