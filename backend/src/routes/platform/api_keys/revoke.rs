//! `DELETE /api/v1/platform/api-keys/{id}`

use super::change::change_key;
use crate::{auth::authorized::Authorized, error::ApiError, state::AppState};
use actix_web::{HttpResponse, web};
use shared::{audit::Action, ids::KeyId, operation::RevokeApiKey};

/// Revokes a key. The next request with it is refused.
pub async fn revoke_api_key(
    caller: Authorized<RevokeApiKey>,
    state: web::Data<AppState>,
    id: web::Path<KeyId>,
) -> Result<HttpResponse, ApiError> {
    let (id, now) = (id.into_inner(), state.clock.now());
    let key = change_key(caller, &state, id, Action::KeyRevoked, move |_, key| {
        key.revoke(now);
        Ok(())
    });
    Ok(HttpResponse::Ok().json(key.await?))
}
