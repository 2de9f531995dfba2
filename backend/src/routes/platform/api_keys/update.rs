//! `PATCH /api/v1/platform/api-keys/{id}`: changes an API key.

use super::{
    change::{change_key, key_response},
    example,
};
use crate::{
    auth::authorized::Authorized, entity_tag::Preconditions, error::ApiError, json_body::Json,
    names, state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{
    audit::Action,
    ids::KeyId,
    key::{KeyView, UpdateKey},
    operation::UpdateApiKey,
};

/// Change an API key
///
/// Changes only the fields that you send. Lists are replaced as a whole. A key can narrow all keys
/// in its environment, and widen keys up to its own permissions.
#[utoipa::path(patch, path = "/api/v1/platform/api-keys/{id}", tag = "Management",
    params(("id" = KeyId, Path, description = "The key's id", example = "key_4fGh7kQ2mXyZ"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of what you have read: \
            if the key has other settings by now, the request is refused with `key_changed`",
            example = "\"3q2-7wAAAAAAAAAAAAAAAA\"")),
    request_body(content = UpdateKey,
        example = json!({"ip_allowlist": ["203.0.113.0/24"]})),
    responses((status = 200, description = "The changed key", body = KeyView,
        example = json!(example::key()))))]
pub async fn update_api_key(
    caller: Authorized<UpdateApiKey>,
    state: web::Data<AppState>,
    id: web::Path<KeyId>,
    conditions: Preconditions,
    Json(mut form): Json<UpdateKey>,
) -> Result<HttpResponse, ApiError> {
    names::normalize(&mut form.name);
    let now = state.clock.now();
    form.validate(now).map_err(ApiError::fields)?;
    let id = id.into_inner();
    let key = change_key(
        caller,
        &state,
        id,
        conditions,
        Action::KeyUpdated,
        move |caller, key| {
            // Widening requires the password and the right to grant the result; narrowing requires
            // neither.
            let before = key.grant()?;
            key.update(form);
            let after = key.grant()?;
            if !after.exceeds(&before).is_none() {
                caller.ensure_can_grant(&after)?;
                caller.must_have_sudo(now.naive_utc())?;
            }
            Ok(())
        },
    )
    .await?;
    Ok(key_response(&key))
}
