//! `GET /api/v1/platform/api-keys/{id}`

use super::change::key_response;
use crate::{
    auth::authorized::Authorized, error::ApiError, models::api_key::ApiKey, state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{ids::KeyId, operation::GetApiKey};

/// Returns one of the keys that the caller can see.
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
