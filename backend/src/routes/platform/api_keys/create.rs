//! `POST /api/v1/platform/api-keys`

use crate::{
    auth::authorized::{Actor, Authorized},
    error::ApiError,
    json::Json,
    keys::{format::PlainKey, secret::SecretKeys},
    models::api_key::ApiKey,
    state::AppState,
};
use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use shared::{
    error::{ErrorCode, FieldError},
    ids::TenantId,
    key::{CreateKey, CreatedKey, SHOWN_ONCE_WARNING},
    live::LiveEvent,
    operation::CreateApiKey,
    validate,
};

/// Creates a key. The only answer that ever holds it.
pub async fn create_api_key(
    caller: Authorized<CreateApiKey>,
    state: web::Data<AppState>,
    Json(form): Json<CreateKey>,
) -> Result<HttpResponse, ApiError> {
    let now = state.clock.now();
    form.validate(now).map_err(ApiError::fields)?;
    caller.must_grant(form.scopes())?;
    let creator = match &caller.actor {
        Actor::User(signed_in) => (
            "user",
            signed_in.user.id.clone(),
            signed_in.user.email.clone(),
        ),
        Actor::Key(parent) => {
            must_stay_within(parent, &form, now)?;
            ("key", parent.id.to_string(), parent.creator_email.clone())
        }
    };
    let new = NewKey {
        tenant_id: caller.tenant_id.clone(),
        form,
        creator,
        now,
    };
    let (secrets, cost) = (state.secrets.clone(), state.bcrypt_cost);
    let (plain, row) = web::block(move || prepare(new, &secrets, cost))
        .await
        .map_err(ApiError::internal)??;
    let key = state
        .db
        .write(move |conn| {
            row.insert(conn)?;
            row.view(conn, now)
        })
        .await?;
    state.live.send(&caller.tenant_id, LiveEvent::KeysChanged);
    Ok(HttpResponse::Created().json(CreatedKey {
        api_key: plain.expose().to_owned(),
        key,
        warning: SHOWN_ONCE_WARNING.to_owned(),
    }))
}

/// Everything a new key is made from.
pub struct NewKey {
    /// Whose it will be.
    pub tenant_id: TenantId,
    /// The checked request.
    pub form: CreateKey,
    /// `user` or `key`, the creator's id, and the e-mail address it goes back to.
    pub creator: (&'static str, String, String),
    /// When.
    pub now: DateTime<Utc>,
}

/// Mints a key and makes its row. Takes as long as bcrypt.
pub fn prepare(
    new: NewKey,
    secrets: &SecretKeys,
    bcrypt_cost: u32,
) -> Result<(PlainKey, ApiKey), ApiError> {
    let NewKey {
        tenant_id,
        form,
        creator,
        now,
    } = new;
    let plain = PlainKey::mint(form.environment, secrets).map_err(ApiError::internal)?;
    let parts = plain
        .parts()
        .ok_or_else(|| ApiError::internal("minted an ill-formed key"))?;
    let (secret_hash, secret_version) = secrets
        .hash(&parts, bcrypt_cost)
        .map_err(ApiError::internal)?;
    let ranges: Vec<String> = form
        .ip_allowlist
        .iter()
        .filter_map(|range| validate::ip_range(range))
        .map(|range| range.to_string())
        .collect();
    let id = parts.id().to_string();
    let row = ApiKey {
        lineage_id: id.clone(),
        id,
        tenant_id: tenant_id.into(),
        environment: form.environment.as_str().into(),
        scopes: form.scopes().to_string(),
        bulk_approved_at: None,
        ip_allowlist: ranges.join(","),
        secret_hash,
        secret_version,
        mask_suffix: parts.mask_suffix(),
        created_at: now.naive_utc(),
        creator_kind: creator.0.into(),
        creator_id: creator.1,
        creator_email: creator.2,
        expires_at: form.expiry(now).map(|date| date.naive_utc()),
        grace_until: None,
        disabled_at: None,
        revoked_at: None,
        name: form.name,
        description: form.description,
    };
    Ok((plain, row))
}

/// A key made by a key gets at most its parent's environment, expiry and addresses.
fn must_stay_within(
    parent: &crate::keys::cache::KeyRecord,
    form: &CreateKey,
    now: DateTime<Utc>,
) -> Result<(), ApiError> {
    let mut errors = Vec::new();
    let mut beyond = |field: &str, message: &str| {
        errors.push(FieldError::new(field, ErrorCode::BeyondYourRights, message));
    };
    if form.environment != parent.environment {
        beyond(
            "environment",
            "Use the environment of the key that you call with.",
        );
    }
    if let Some(limit) = parent.dates.expires_at
        && form.expiry(now).is_none_or(|expiry| expiry > limit)
    {
        beyond("expires_at", "The key that you call with expires earlier.");
    }
    let ranges: Vec<_> = form
        .ip_allowlist
        .iter()
        .filter_map(|range| validate::ip_range(range))
        .collect();
    let within = |range: &ipnet::IpNet| parent.ip_allowlist.iter().any(|own| own.contains(range));
    if !parent.ip_allowlist.is_empty() && (ranges.is_empty() || !ranges.iter().all(within)) {
        beyond(
            "ip_allowlist",
            "The key that you call with is restricted to fewer addresses.",
        );
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(ApiError::fields(errors))
    }
}
