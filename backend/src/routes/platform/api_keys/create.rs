//! `POST /api/v1/platform/api-keys`: creates an API key.

use super::example;
use crate::{
    auth::authorized::{Actor, Authorized},
    error::ApiError,
    json_body::Json,
    keys::mint::Minted,
    models::{
        api_key::{ApiKey, normalised},
        quota,
        tenant::Tenant,
    },
    names,
    state::AppState,
};
use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use shared::{
    audit::Action,
    error::ErrorCode,
    ids::TenantId,
    key::{CreateKey, CreatedKey, KeyGrant, warning},
    operation::CreateApiKey,
    validate,
};

/// Create an API key
///
/// Creates an API key. Only this response contains the whole key: store it immediately. The new key
/// cannot exceed the calling key's permissions, environment, IP addresses and expiry.
#[utoipa::path(post, path = "/api/v1/platform/api-keys", tag = "Management",
    request_body(content = CreateKey, example = json!({"name": "nightly-import",
        "environment": "test", "permissions": ["contacts:read"], "expires_in_days": 90})),
    responses((status = 201, description = "The new key", body = CreatedKey,
        example = json!({"api_key": "pm_test_…",
            "key": example::key(),
            "warning": "Copy this key now. You won't be able to see it again."}))))]
pub async fn create_api_key(
    mut caller: Authorized<CreateApiKey>,
    state: web::Data<AppState>,
    Json(mut form): Json<CreateKey>,
) -> Result<HttpResponse, ApiError> {
    names::normalize([&mut form.name]);
    let now = state.clock.now();
    form.validate(now).map_err(ApiError::fields)?;
    let grant = grant(&form, now);
    caller.ensure_can_grant(&grant)?;
    let minted = state.mint_key(form.environment, form.recoverable).await?;
    let (plain, recoverable) = (minted.plain.clone(), form.recoverable);
    let environment = form.environment;
    let tenant_id = caller.tenant_id.clone();
    let key = state
        .db
        .write(move |conn| {
            caller.reload(conn, now)?;
            caller.ensure_can_grant(&grant)?;
            if form.recoverable && !Tenant::get(conn, &caller.tenant_id)?.allow_recoverable {
                return Err(ErrorCode::RecoverableForbidden.into());
            }
            let creator = Creator::of(&caller);
            let row = row(minted, &caller.tenant_id, form, creator, now);
            row.insert(conn)?;
            let event = caller.audit_event(Action::KeyCreated, &row.id, now.naive_utc());
            event.record_created(conn, &row.audited())?;
            quota::ensure_keys(conn, &caller.tenant_id, environment, now.naive_utc())?;
            row.view(conn, now)
        })
        .await?;
    state.key_created(&tenant_id, &plain);
    Ok(HttpResponse::Created().json(CreatedKey {
        api_key: plain.expose().to_owned(),
        key,
        warning: warning(recoverable).to_owned(),
    }))
}

/// The creator of a key.
#[derive(Clone, Default)]
pub struct Creator {
    /// Actor kind: `user` or `key`.
    pub kind: &'static str,
    pub id: String,
    /// Email address of the user the key originates from.
    pub email: String,
}

impl Creator {
    pub fn of<R>(caller: &Authorized<R>) -> Self {
        match &caller.actor {
            Actor::User(signed_in) => Self {
                kind: "user",
                id: signed_in.user.id.clone(),
                email: signed_in.user.email.clone(),
            },
            Actor::Key(parent) => Self {
                kind: "key",
                id: parent.id.to_string(),
                email: parent.creator_email.clone(),
            },
        }
    }
}

/// Builds the row of a new key from a validated form.
pub fn row(
    minted: Minted,
    tenant_id: &TenantId,
    form: CreateKey,
    creator: Creator,
    now: DateTime<Utc>,
) -> ApiKey {
    let id = minted.id.to_string();
    ApiKey {
        lineage_id: id.clone(),
        id,
        tenant_id: tenant_id.as_str().into(),
        environment: form.environment.as_str().into(),
        scopes: form.scopes().to_string(),
        bulk_approved_at: None,
        ip_allowlist: normalised(&form.ip_allowlist),
        secret_hash: minted.secret_hash,
        secret_version: minted.secret_version,
        mask_suffix: minted.mask_suffix,
        sealed_key: minted.sealed,
        created_at: now.naive_utc(),
        creator_kind: creator.kind.into(),
        creator_id: creator.id,
        creator_email: creator.email,
        expires_at: form.expiry(now).map(|date| date.naive_utc()),
        grace_until: None,
        rotated_at: None,
        disabled_at: None,
        revoked_at: None,
        name: form.name,
        description: form.description,
    }
}

/// Returns the grant of the new key.
fn grant(form: &CreateKey, now: DateTime<Utc>) -> KeyGrant {
    let ranges = form.ip_allowlist.iter();
    KeyGrant {
        scopes: form.scopes(),
        pending: form.scopes().needing_approval(),
        environment: form.environment,
        expires_at: form.expiry(now),
        ip_ranges: ranges
            .filter_map(|range| validate::ip_range(range))
            .collect(),
    }
}
