//! `DELETE /api/v1/platform/api-keys/{id}`: revokes an API key.

use crate::{
    auth::authorized::Authorized,
    db::DbConnection,
    endpoint::endpoint,
    entity_tag::Preconditions,
    error::ApiError,
    json,
    models::api_key::ApiKey,
    routes::platform::api_keys::{
        change::{change_key, ensure_unchanged, key_response, save},
        example,
    },
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::{audit::Action, error::ErrorCode, ids::KeyId, key::KeyView, operation};

/// Query parameters of a revocation.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RevokeQuery {
    /// Also revokes the keys that this key has created, directly or through other keys.
    #[serde(default)]
    #[param(example = false)]
    descendants: bool,
}

/// Revoke an API key
///
/// Revokes an API key permanently, and with `descendants=true` also the keys that it has created.
/// Requests with any of them are refused immediately, and this cannot be undone. Use it if a key
/// has leaked or is no longer needed; to replace a key without downtime, rotate it instead.
#[endpoint(operation::RevokeApiKey, etag, retry(Retry::Refused(ErrorCode::KeyAlreadyRevoked)),
    errors(KeyAlreadyRevoked, KeyChanged),
    examples(InvalidQuery("limit", "Use 1 to 100.")), tag = "Management",
    params(("id" = KeyId, Path, description = "Identifier of the key, with the prefix `key_`", example = "key_4fGh7kQ2mXyZ"), RevokeQuery,
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read: if the \
            settings of the key have changed since, the response is 412 `key_changed`",
            example = "\"3q2-7wAAAAAAAAAAAAAAAA\"")),
    responses((status = 200, description = "The revoked key", body = KeyView,
        example = json!(example::revoked()))))]
pub async fn revoke_api_key(
    caller: Authorized<operation::RevokeApiKey>,
    state: web::Data<AppState>,
    id: web::Path<KeyId>,
    conditions: Preconditions,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let query: RevokeQuery = json::parse_query(&request)?;
    let id = id.into_inner();
    let key = if query.descendants {
        revoke_with_descendants(caller, &state, id, conditions).await?
    } else {
        let now = state.clock.now();
        let revoke = move |_: &_, key: &mut ApiKey| {
            key.revoke(now);
            Ok(())
        };
        change_key(caller, &state, id, conditions, Action::KeyRevoked, revoke).await?
    };
    Ok(key_response(&key))
}

/// Revokes a key and its descendants in one transaction, with an audit event for each. The key
/// itself may be revoked already if one of its descendants is not.
async fn revoke_with_descendants(
    mut caller: Authorized<operation::RevokeApiKey>,
    state: &AppState,
    id: KeyId,
    conditions: Preconditions,
) -> Result<KeyView, ApiError> {
    let tenant_id = caller.tenant_id.clone();
    let now = state.clock.now();
    let (key, revoked) = state
        .db
        .write(move |conn| {
            caller.reload(conn, now)?;
            ApiKey::lock_creations(conn, &caller.tenant_id)?;
            let key = ApiKey::get(conn, &caller.visible_keys(), &id)?;
            let mut ids = key.descendants(conn, now)?;
            ids.insert(0, id);
            let keys = lock_not_revoked(conn, &caller, &ids, now)?;
            if let Some(key) = keys.iter().find(|key| key.id == ids[0].as_str()) {
                ensure_unchanged(&conditions, key)?;
            }
            if keys.is_empty() {
                return Err(ErrorCode::KeyAlreadyRevoked.into());
            }
            for before in &keys {
                let mut key = before.clone();
                key.revoke(now);
                save(conn, &caller, Action::KeyRevoked, before, &key, now)?;
            }
            let key = ApiKey::get(conn, &caller.visible_keys(), &ids[0])?;
            Ok((key.view(conn, now)?, ids))
        })
        .await?;
    state.keys_changed(&tenant_id, &revoked);
    Ok(key)
}

/// Returns the keys that are not revoked. All are locked before the first one is changed: other
/// changes lock one key and then the change log.
fn lock_not_revoked(
    conn: &mut DbConnection,
    caller: &Authorized<operation::RevokeApiKey>,
    ids: &[KeyId],
    now: DateTime<Utc>,
) -> Result<Vec<ApiKey>, ApiError> {
    let mut keys = Vec::with_capacity(ids.len());
    for id in ids {
        match ApiKey::for_change(conn, &caller.visible_keys(), id, now) {
            Ok(key) => keys.push(key),
            Err(error) if error.code() == ErrorCode::KeyAlreadyRevoked => {}
            Err(error) => return Err(error),
        }
    }
    Ok(keys)
}
