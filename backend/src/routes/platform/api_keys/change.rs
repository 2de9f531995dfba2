//! Common steps of all changes of an API key.

use crate::{
    auth::authorized::Authorized,
    db::DbConnection,
    entity_tag::Preconditions,
    error::ApiError,
    models::{api_key::ApiKey, playground_token::PlaygroundToken, quota},
    state::AppState,
};
use actix_web::{
    HttpResponse,
    http::header::{ETag, EntityTag},
};
use chrono::{DateTime, Utc};
use shared::{audit::Action, error::ErrorCode, ids::KeyId, key::KeyView, operation::Row};

/// Changes a key that the caller can see, unless it is revoked or the conditions do not hold.
/// `change` gets the current key and may refuse. The actual changes are added to the audit log and
/// take effect on the next request.
pub async fn change_key<R: Row + Send>(
    mut caller: Authorized<R>,
    state: &AppState,
    id: KeyId,
    conditions: Preconditions,
    action: Action,
    change: impl FnOnce(&Authorized<R>, &mut ApiKey) -> Result<(), ApiError> + Send + 'static,
) -> Result<KeyView, ApiError> {
    let (tenant_id, key_id) = (caller.tenant_id.clone(), id.clone());
    let now = state.clock.now();
    let view = state
        .db
        .write(move |conn| {
            caller.reload(conn, now)?;
            let before = ApiKey::for_change(conn, &caller.visible_keys(), &id, now)?;
            ensure_unchanged(&conditions, &before)?;
            let mut key = before.clone();
            change(&caller, &mut key)?;
            save(conn, &caller, action, &before, &key, now)?;
            let has_expired = |key: &ApiKey| key.dates().expires_at.is_some_and(|it| it <= now);
            if has_expired(&before) && !has_expired(&key) {
                let environment = key.environment()?;
                quota::ensure_keys(conn, &caller.tenant_id, environment, now.naive_utc())?;
            }
            key.view(conn, now)
        })
        .await?;
    state.key_changed(&tenant_id, &key_id);
    Ok(view)
}

/// Returns an error if the conditions do not hold for the current key. Call it under the key's
/// lock.
pub fn ensure_unchanged(conditions: &Preconditions, key: &ApiKey) -> Result<(), ApiError> {
    if conditions.is_empty() {
        return Ok(());
    }
    let tag = EntityTag::new_strong(key.version()?);
    if conditions.hold_for(Some(&tag)) {
        Ok(())
    } else {
        Err(ErrorCode::KeyChanged.into())
    }
}

/// Builds the response with a key; its version is the `ETag`.
pub fn key_response(key: &KeyView) -> HttpResponse {
    let tag = EntityTag::new_strong(key.version.clone());
    HttpResponse::Ok().insert_header(ETag(tag)).json(key)
}

/// Saves a changed key, ends its playground tokens if it can do less now, and records the audit
/// event. No-op if nothing has changed.
pub fn save<R>(
    conn: &mut DbConnection,
    caller: &Authorized<R>,
    action: Action,
    before: &ApiKey,
    key: &ApiKey,
    now: DateTime<Utc>,
) -> Result<(), ApiError> {
    if key == before {
        return Ok(());
    }
    key.save(conn)?;
    let narrowed = !before.grant()?.exceeds(&key.grant()?).is_none();
    if narrowed || key.dates() != before.dates() {
        PlaygroundToken::end_all(conn, &key.id)?;
    }
    let event = caller.audit_event(action, &key.id, now.naive_utc());
    event.record_updated(conn, &before.audited(), &key.audited())
}
