//! `DELETE /api/v1/platform/api-keys/{id}`

use crate::{
    auth::authorized::Authorized, error::ApiError, models::api_key::ApiKey, state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{ids::KeyId, live::LiveEvent, operation::RevokeApiKey};

/// Revokes a key. The next request with it is refused.
pub async fn revoke_api_key(
    caller: Authorized<RevokeApiKey>,
    state: web::Data<AppState>,
    id: web::Path<KeyId>,
) -> Result<HttpResponse, ApiError> {
    let (tenant, now) = (caller.tenant_id.clone(), state.clock.now());
    let key_id = id.clone();
    let key = state
        .db
        .write(move |conn| ApiKey::revoke(conn, &tenant, &key_id, now)?.view(conn, now))
        .await?;
    state.keys.forget(&id);
    state.live.send(&caller.tenant_id, LiveEvent::KeysChanged);
    Ok(HttpResponse::Ok().json(key))
}
