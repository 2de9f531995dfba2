//! `GET /api/v1/platform/api-keys/{id}`: returns one API key.

use super::{change::key_response, example};
use crate::{
    auth::authorized::Authorized, error::ApiError, models::api_key::ApiKey, state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{ids::KeyId, key::KeyView, operation::GetApiKey};

/// Get an API key
///
/// Returns one API key in the calling key's environment, without its secret part.
#[utoipa::path(get, path = "/api/v1/platform/api-keys/{id}", tag = "Management",
    params(("id" = KeyId, Path, description = "The key's id", example = "key_4fGh7kQ2mXyZ")),
    responses((status = 200, description = "The key", body = KeyView,
        example = json!(example::key()))))]
pub async fn get_api_key(
    caller: Authorized<GetApiKey>,
    state: web::Data<AppState>,
    id: web::Path<KeyId>,
) -> Result<HttpResponse, ApiError> {
    let visible = caller.visible_keys();
    let now = state.clock.now();
    let key = state
        .db
        .read(move |conn| ApiKey::get(conn, &visible, &id)?.view(conn, now))
        .await?;
    Ok(key_response(&key))
}
