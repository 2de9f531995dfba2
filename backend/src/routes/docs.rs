//! `/openapi.json`, `/openapi.yaml`, `/openapi-management.json` and the data of the dashboard's
//! documentation pages.

use crate::{docs::Published, error::ApiError, state::AppState};
use actix_web::{HttpRequest, HttpResponse, web};
use shared::error::ErrorCode;

pub async fn openapi_json(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    state.docs.made().openapi_json.current(&request)
}

pub async fn openapi_yaml(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    state.docs.made().openapi_yaml.current(&request)
}

pub async fn management_json(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    state.docs.made().management_json.current(&request)
}

pub async fn guides(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    state.docs.made().guides.current(&request)
}

/// Returns the OpenAPI document, if it still has this hash.
pub async fn openapi_of_hash(
    request: HttpRequest,
    state: web::Data<AppState>,
    hash: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    of_hash(&state.docs.made().openapi_json, &request, &hash)
}

/// Returns the management API's OpenAPI document, if it still has this hash.
pub async fn management_of_hash(
    request: HttpRequest,
    state: web::Data<AppState>,
    hash: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    of_hash(&state.docs.made().management_json, &request, &hash)
}

/// Returns the guides, if they still have this hash.
pub async fn guides_of_hash(
    request: HttpRequest,
    state: web::Data<AppState>,
    hash: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    of_hash(&state.docs.made().guides, &request, &hash)
}

/// Fails for an outdated hash: a different document must never be cached permanently at this
/// document's URL.
fn of_hash(
    document: &Published,
    request: &HttpRequest,
    hash: &str,
) -> Result<HttpResponse, ApiError> {
    if hash == document.hash() {
        Ok(document.forever(request))
    } else {
        Err(ErrorCode::NotFound.into())
    }
}
