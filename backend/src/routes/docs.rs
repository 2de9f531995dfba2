//! `/openapi.json`, `/openapi.yaml`, `/openapi-management.json` and what the dashboard draws the documentation from.

use crate::{docs::Published, error::ApiError, state::AppState};
use actix_web::{HttpRequest, HttpResponse, web};
use shared::error::ErrorCode;

/// The OpenAPI document.
pub async fn openapi_json(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    state.docs.made().openapi_json.current(&request)
}

/// The OpenAPI document as YAML.
pub async fn openapi_yaml(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    state.docs.made().openapi_yaml.current(&request)
}

/// The OpenAPI document of the management API.
pub async fn management_json(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    state.docs.made().management_json.current(&request)
}

/// The guides.
pub async fn guides(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    state.docs.made().guides.current(&request)
}

/// The OpenAPI document, if it still has this hash.
pub async fn openapi_of_hash(
    request: HttpRequest,
    state: web::Data<AppState>,
    hash: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    of_hash(&state.docs.made().openapi_json, &request, &hash)
}

/// The OpenAPI document of the management API, if it still has this hash.
pub async fn management_of_hash(
    request: HttpRequest,
    state: web::Data<AppState>,
    hash: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    of_hash(&state.docs.made().management_json, &request, &hash)
}

/// The guides, if they still have this hash.
pub async fn guides_of_hash(
    request: HttpRequest,
    state: web::Data<AppState>,
    hash: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    of_hash(&state.docs.made().guides, &request, &hash)
}

/// Another document must never be kept for ever at the address of this one.
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
