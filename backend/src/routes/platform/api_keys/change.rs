//! Changes of API keys: settings, disabling, enabling and approval.

use super::IP_RANGE_MAX_CHARS;
use crate::{
    auth::authorized::Authorized,
    db::DbConnection,
    endpoint::{Bound, endpoint, message},
    entity_tag::Preconditions,
    error::ApiError,
    json_body::Json,
    models::{api_key::ApiKey, playground_token::PlaygroundToken, quota},
    names,
    routes::platform::api_keys::example,
    state::AppState,
};
use actix_web::{
    HttpResponse,
    http::header::{ETag, EntityTag},
    web,
};
use chrono::{DateTime, Utc};
use shared::{
    audit::Action,
    error::ErrorCode,
    ids::KeyId,
    key::{DESCRIPTION_MAX_CHARS, IP_ALLOWLIST_MAX, KeyView, NAME_MAX_CHARS, UpdateKey},
    operation::{self, Row},
};

const UPDATE_BOUNDS: &[(&str, Bound)] = &[
    ("name", Bound::Text(1, NAME_MAX_CHARS)),
    ("description", Bound::Text(0, DESCRIPTION_MAX_CHARS)),
    ("permissions", Bound::AtLeastOne),
    (
        "ip_allowlist",
        Bound::Texts(IP_ALLOWLIST_MAX, IP_RANGE_MAX_CHARS),
    ),
];

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
    let tenant_id = caller.tenant_id.clone();
    let key_id = id.clone();
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

/// Change an API key
///
/// Updates only the fields that you send, with effect from the next request. Lists are replaced as
/// a whole. A key can narrow all keys in its environment, and widen keys up to its own permissions.
/// Use it to rename a key, or to change its permissions, expiry or IP addresses without replacing
/// it.
#[endpoint(operation::UpdateApiKey, etag, retry(Retry::SameEffect),
    errors(BeyondYourRights, KeyAlreadyRevoked, KeyChanged),
    examples(InvalidField("permissions", "Choose at least one permission."),
        UnknownField("scopes", message::UNKNOWN_NAME)), bounds(UPDATE_BOUNDS), tag = "Management",
    params(("id" = KeyId, Path, description = "Identifier of the key, with the prefix `key_`", example = "key_4fGh7kQ2mXyZ"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read: if the \
            settings of the key have changed since, the response is 412 `key_changed`",
            example = "\"3q2-7wAAAAAAAAAAAAAAAA\"")),
    request_body(content = UpdateKey,
        example = json!({"ip_allowlist": ["203.0.113.0/24"]})),
    responses((status = 200, description = "The changed key", body = KeyView,
        example = json!(example::key()))))]
pub async fn update_api_key(
    caller: Authorized<operation::UpdateApiKey>,
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

/// Disables a key until it is enabled again. Idempotent.
#[endpoint(operation::DisableApiKey)]
pub async fn disable_api_key(
    caller: Authorized<operation::DisableApiKey>,
    state: web::Data<AppState>,
    id: web::Path<KeyId>,
    conditions: Preconditions,
) -> Result<HttpResponse, ApiError> {
    let id = id.into_inner();
    let now = state.clock.now_naive();
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
#[endpoint(operation::EnableApiKey)]
pub async fn enable_api_key(
    caller: Authorized<operation::EnableApiKey>,
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

/// Approves the pending permissions of a key. Always a separate step, even for a key that the
/// approver created.
#[endpoint(operation::ApproveApiKey)]
pub async fn approve_api_key(
    caller: Authorized<operation::ApproveApiKey>,
    state: web::Data<AppState>,
    id: web::Path<KeyId>,
    conditions: Preconditions,
) -> Result<HttpResponse, ApiError> {
    let id = id.into_inner();
    let now = state.clock.now_naive();
    let key = change_key(
        caller,
        &state,
        id,
        conditions,
        Action::KeyApproved,
        move |caller, key| {
            if key.pending()?.is_empty() {
                return Err(ErrorCode::NothingToApprove.into());
            }
            key.bulk_approved_at = Some(now);
            caller.ensure_can_grant(&key.grant()?)
        },
    );
    Ok(key_response(&key.await?))
}
