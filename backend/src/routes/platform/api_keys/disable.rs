//! `POST /api/v1/platform/api-keys/{id}/disable` and `/enable`: turns an API key off and on.

use super::change::{change_key, key_response};
use crate::{
    auth::authorized::Authorized, entity_tag::Preconditions, error::ApiError, state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{
    audit::Action,
    ids::KeyId,
    operation::{DisableApiKey, EnableApiKey},
};

/// Disables a key until it is enabled again. Idempotent.
pub async fn disable_api_key(
    caller: Authorized<DisableApiKey>,
    state: web::Data<AppState>,
    id: web::Path<KeyId>,
    conditions: Preconditions,
) -> Result<HttpResponse, ApiError> {
    let (id, now) = (id.into_inner(), state.clock.now_naive());
    let key = change_key(
        caller,
        &state,
        id,
        conditions,
        Action::KeyDisabled,
        move |_, key| {
            key.disabled_at.get_or_insert(now);
            Ok(())
        },
    );
    Ok(key_response(&key.await?))
}

/// Enables a disabled key. This grants everything that the key holds, so the caller must be able to
/// grant it. Idempotent.
pub async fn enable_api_key(
    caller: Authorized<EnableApiKey>,
    state: web::Data<AppState>,
    id: web::Path<KeyId>,
    conditions: Preconditions,
) -> Result<HttpResponse, ApiError> {
    let id = id.into_inner();
    let key = change_key(
        caller,
        &state,
        id,
        conditions,
        Action::KeyEnabled,
        |caller, key| {
            key.disabled_at = None;
            caller.ensure_can_grant(&key.grant()?)
        },
    );
    Ok(key_response(&key.await?))
}
