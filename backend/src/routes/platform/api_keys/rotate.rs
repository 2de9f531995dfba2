//! `POST /api/v1/platform/api-keys/{id}/rotate`: replaces an API key.

use crate::{
    auth::authorized::Authorized,
    endpoint::{Bound, endpoint, message},
    entity_tag::Preconditions,
    error::ApiError,
    json_body::OptionalJson,
    keys::mint::Minted,
    models::{
        api_key::{ApiKey, Creator},
        playground_token::PlaygroundToken,
        quota,
        tenant::Tenant,
    },
    routes::platform::api_keys::{change::ensure_unchanged, example},
    state::AppState,
};
use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use shared::{
    audit::Action,
    error::ErrorCode,
    ids::KeyId,
    key::{GRACE_MAX_SECS, KeyStatus, RotateKey, RotatedKey},
    operation,
};

const BOUNDS: &[(&str, Bound)] = &[("grace_seconds", Bound::Number(0, GRACE_MAX_SECS))];

/// Rotate an API key
///
/// Creates a new key with the same settings as this one, which keeps working for the grace period
/// and is then revoked. Only this response contains the whole new key: if it is lost, rotate the
/// new key. If bulk sending was approved for the old key, it needs approval again, unless the
/// calling key has that permission itself. Use it for the regular replacement of a key without
/// downtime.
#[endpoint(operation::RotateApiKey, retry(Retry::Refused(ErrorCode::KeyNotActive)),
    errors(BeyondYourRights, KeyAlreadyRevoked, KeyNotActive, KeyChanged, QuotaExceeded),
    examples(InvalidField("permissions", "Choose at least one permission."),
        UnknownField("scopes", message::UNKNOWN_NAME)), bounds(BOUNDS), tag = "Management",
    params(("id" = KeyId, Path, description = "Identifier of the key, with the prefix `key_`", example = "key_4fGh7kQ2mXyZ"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read: if the \
            settings of the key have changed since, the response is 412 `key_changed`",
            example = "\"3q2-7wAAAAAAAAAAAAAAAA\"")),
    request_body(content = Option<RotateKey>, example = json!({"grace_seconds": 3600})),
    responses((status = 201, description = "The new key and the old one", body = RotatedKey,
        example = json!({"api_key": "pm_test_…",
            "key": example::successor(),
            "previous": example::rotating()}))))]
pub async fn rotate_api_key(
    mut caller: Authorized<operation::RotateApiKey>,
    state: web::Data<AppState>,
    id: web::Path<KeyId>,
    conditions: Preconditions,
    OptionalJson(form): OptionalJson<RotateKey>,
) -> Result<HttpResponse, ApiError> {
    form.validate().map_err(ApiError::fields)?;
    let id = id.into_inner();
    let now = state.clock.now();
    let visible = caller.visible_keys();
    let key_id = id.clone();
    let old = state
        .db
        .read(move |conn| ApiKey::get(conn, &visible, &key_id))
        .await?;
    let minted = state
        .mint_key(old.environment()?, old.sealed_key.is_some())
        .await?;
    let plain = minted.plain.clone();
    let tenant_id = caller.tenant_id.clone();
    let old_id = id.clone();
    let (key, previous) = state
        .db
        .write(move |conn| {
            caller.reload(conn, now)?;
            let mut old = ApiKey::for_change(conn, &caller.visible_keys(), &id, now)?;
            ensure_unchanged(&conditions, &old)?;
            if old.dates().status(now) != KeyStatus::Active {
                return Err(not_active(old.dates().status(now)));
            }
            let grant = caller.grant_of_copy(old.grant()?)?;
            let may_keep = Tenant::get(conn, &caller.tenant_id)?.allow_recoverable;
            let mut new = successor(&old, minted, caller.creator(), now);
            new.sealed_key = new.sealed_key.filter(|_| may_keep);
            if !grant.pending.is_empty() {
                new.bulk_approved_at = None;
            }
            let before = old.audited();
            old.retire(now, form.grace_secs());
            old.save(conn)?;
            new.insert(conn)?;
            PlaygroundToken::end_all(conn, &old.id)?;
            let at = now.naive_utc();
            let event = caller.audit_event(Action::KeyRotated, &old.id, at);
            event.record_updated(conn, &before, &old.audited())?;
            let event = caller.audit_event(Action::KeyCreated, &new.id, at);
            event.record_created(conn, &new.audited())?;
            quota::ensure_rotating(conn, &caller.tenant_id, &new.lineage_id, at)?;
            Ok((new.view(conn, now)?, old.view(conn, now)?))
        })
        .await?;
    state.key_changed(&tenant_id, &old_id);
    state.key_created(&tenant_id, &plain);
    Ok(HttpResponse::Created().json(RotatedKey {
        api_key: plain.expose().to_owned(),
        key,
        previous,
    }))
}

fn not_active(status: KeyStatus) -> ApiError {
    ApiError::new(ErrorCode::KeyNotActive).message(match status {
        KeyStatus::Rotating => "This key has been rotated already. Rotate its successor.",
        KeyStatus::Disabled => "This key is disabled. Enable it before you rotate it.",
        KeyStatus::Expired => "This key has expired. Change its expiry, or create a new key.",
        KeyStatus::Active | KeyStatus::Revoked => ErrorCode::KeyNotActive.message(),
    })
}

/// Builds a key with the settings and lineage of the old one.
fn successor(old: &ApiKey, minted: Minted, creator: Creator, now: DateTime<Utc>) -> ApiKey {
    ApiKey {
        id: minted.id.to_string(),
        secret_hash: minted.secret_hash,
        secret_version: minted.secret_version,
        mask_suffix: minted.mask_suffix,
        sealed_key: minted.sealed,
        created_at: now.naive_utc(),
        creator_kind: creator.kind.into(),
        creator_id: creator.id,
        creator_email: creator.email,
        ..old.clone()
    }
}
