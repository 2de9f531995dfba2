//! `POST /api/v1/platform/api-keys`: creates an API key.

use super::IP_RANGE_MAX_CHARS;
use crate::{
    auth::authorized::Authorized,
    endpoint::{Bound, endpoint, message},
    error::ApiError,
    json_body::Json,
    models::{api_key::ApiKey, quota, tenant::Tenant},
    names,
    routes::platform::api_keys::example,
    state::AppState,
};
use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use shared::{
    audit::Action,
    error::ErrorCode,
    key::{
        CreateKey, CreatedKey, DESCRIPTION_MAX_CHARS, EXPIRES_IN_DAYS_MAX, IP_ALLOWLIST_MAX,
        KeyGrant, NAME_MAX_CHARS, warning,
    },
    operation, validate,
};

const BOUNDS: &[(&str, Bound)] = &[
    ("name", Bound::Text(1, NAME_MAX_CHARS)),
    ("description", Bound::Text(0, DESCRIPTION_MAX_CHARS)),
    ("permissions", Bound::AtLeastOne),
    ("expires_in_days", Bound::Number(1, EXPIRES_IN_DAYS_MAX)),
    (
        "ip_allowlist",
        Bound::Texts(IP_ALLOWLIST_MAX, IP_RANGE_MAX_CHARS),
    ),
];

/// Create an API key
///
/// Creates an API key. Only this response contains the whole key: store it immediately. The new key
/// cannot exceed the calling key's permissions, environment, IP addresses and expiry. Use it to
/// give each program its own key with the fewest permissions; to replace a key that is in use,
/// rotate it.
#[endpoint(operation::CreateApiKey, retry(Retry::Repeats),
    errors(BeyondYourRights, RecoverableForbidden, QuotaExceeded),
    examples(InvalidField("permissions", "Choose at least one permission."),
        UnknownField("scopes", message::UNKNOWN_NAME)), bounds(BOUNDS), tag = "Management",
    request_body(content = CreateKey, example = json!({"name": "nightly-import",
        "environment": "test", "permissions": ["contacts:read"], "expires_in_days": 90})),
    responses((status = 201, description = "The new key", body = CreatedKey,
        example = json!({"api_key": "pm_test_…",
            "key": example::key(),
            "warning": "Copy this key now. You won't be able to see it again."}))))]
pub async fn create_api_key(
    mut caller: Authorized<operation::CreateApiKey>,
    state: web::Data<AppState>,
    Json(mut form): Json<CreateKey>,
) -> Result<HttpResponse, ApiError> {
    names::normalize([&mut form.name]);
    let now = state.clock.now();
    form.validate(now).map_err(ApiError::fields)?;
    let grant = grant(&form, now);
    caller.ensure_can_grant(&grant)?;
    let minted = state.mint_key(form.environment, form.recoverable).await?;
    let plain = minted.plain.clone();
    let recoverable = form.recoverable;
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
            let row = ApiKey::new(minted, &caller.tenant_id, form, caller.creator(), now);
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
