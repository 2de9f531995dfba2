//! `POST /api/v1/platform/api-keys/{id}/reveal`: shows a recoverable key.

use crate::{
    auth::authorized::Authorized,
    endpoint::endpoint,
    error::ApiError,
    models::{api_key::ApiKey, message::NewMessage, user::User},
    state::AppState,
};
use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use shared::{audit::Action, error::ErrorCode, ids::KeyId, key::RevealedKey, operation};

/// Returns a recoverable key again. Each time is recorded in the audit log, and all Owners and
/// Admins are notified.
#[endpoint(operation::RevealApiKey)]
pub async fn reveal_api_key(
    caller: Authorized<operation::RevealApiKey>,
    state: web::Data<AppState>,
    id: web::Path<KeyId>,
) -> Result<HttpResponse, ApiError> {
    let id = id.into_inner();
    let now = state.clock.now();
    let key = state
        .db
        .write(move |conn| {
            let key = ApiKey::for_change(conn, &caller.visible_keys(), &id, now)?;
            caller.ensure_can_grant(&key.grant()?)?;
            if key.sealed_key.is_none() {
                return Err(ErrorCode::KeyNotRecoverable.into());
            }
            let event = caller.audit_event(Action::KeyRevealed, &key.id, now.naive_utc());
            event.record(conn)?;
            for recipient in User::emails_of_admins(conn, &caller.tenant_id)? {
                notice(&caller, &recipient, &key, now).queue(conn, now.naive_utc())?;
            }
            Ok(key)
        })
        .await?;
    state.mail.wake();
    let sealed = key.sealed_key.unwrap_or_default();
    let opened = state
        .secrets
        .open(&KeyId::new(key.id), &sealed, key.secret_version);
    let plain = opened.ok_or_else(|| ApiError::internal("a sealed key cannot be opened"))?;
    Ok(HttpResponse::Ok().json(RevealedKey {
        api_key: plain.expose().to_owned(),
    }))
}

fn notice(
    caller: &Authorized<operation::RevealApiKey>,
    recipient: &str,
    key: &ApiKey,
    now: DateTime<Utc>,
) -> NewMessage {
    let by = caller.audited();
    let text = format!(
        "{who} looked at the API key \"{name}\" ({id}) on {date} from {address}.\n\n\
         If that should not have happened, rotate or revoke the key and change the password of \
         {who}.\n",
        who = by.email,
        name = key.name,
        id = key.id,
        date = now.format("%d %B %Y at %H:%M UTC"),
        address = by.address,
    );
    let subject = format!("API key \"{}\" was revealed", key.name);
    NewMessage::notice(caller.tenant_id.clone(), recipient, &subject, &text)
}
