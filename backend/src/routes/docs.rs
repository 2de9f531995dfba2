//! `/openapi.json`, `/openapi.yaml`, `/openapi-management.json`, `/llms.txt`, `/llms-full.txt` and
//! the data of the dashboard's documentation pages.

use crate::{error::ApiError, state::AppState};
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

pub async fn llms(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    state.docs.made().markdown.index.current(&request)
}

pub async fn llms_full(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    state.docs.made().markdown.full_text.current(&request)
}

/// Returns a file of the documentation's pages. URLs with the current hash can be cached
/// permanently; `latest` stands for any hash. Other hashes fail: different content must never be
/// cached permanently at an old URL.
pub async fn data(
    request: HttpRequest,
    state: web::Data<AppState>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (hash, file) = path.into_inner();
    let data = &state.docs.made().data;
    match data.file(&file) {
        Some(file) if hash == data.hash() => Ok(file.forever(&request)),
        Some(file) if hash == "latest" => Ok(file.current(&request)),
        _ => Err(ErrorCode::NotFound.into()),
    }
}
