//! `POST /api/v1/platform/api-keys/{id}/playground-token`: issues a token for Try It Out.

use crate::{
    auth::authorized::{Actor, Authorized},
    endpoint::endpoint,
    error::ApiError,
    keys::format::PlainKey,
    models::{
        api_key::ApiKey,
        playground_token::{LIFETIME, PlaygroundToken, digest},
    },
    state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{
    audit::Action,
    error::ErrorCode,
    ids::KeyId,
    key::{Environment, KeyStatus, PlaygroundToken as PlaygroundTokenView},
    operation,
};

/// Issues a playground token for a key: valid for five minutes, for this session and IP address
/// only. It can do what the key can do now and the user could grant and approve; widening the key
/// later does not widen the token.
#[endpoint(operation::CreatePlaygroundToken)]
pub async fn create_playground_token(
    caller: Authorized<operation::CreatePlaygroundToken>,
    state: web::Data<AppState>,
    id: web::Path<KeyId>,
) -> Result<HttpResponse, ApiError> {
    let id = id.into_inner();
    let now = state.clock.now();
    let token = PlainKey::mint_playground(&state.secrets).map_err(ApiError::internal)?;
    let digest = digest(token.expose().as_bytes());
    state
        .db
        .write(move |conn| {
            let Actor::User(signed_in) = &caller.actor else {
                return Err(ErrorCode::NotSignedIn.into());
            };
            let key = ApiKey::for_change(conn, &caller.visible_keys(), &id, now)?;
            let scopes = caller.grant_of_copy(key.grant()?)?.effective();
            if !matches!(
                key.dates().status(now),
                KeyStatus::Active | KeyStatus::Rotating
            ) {
                return Err(ErrorCode::KeyNotActive.into());
            }
            if key.environment()? == Environment::Live {
                caller.must_have_sudo(now.naive_utc())?;
            }
            let at = now.naive_utc();
            PlaygroundToken::new(digest, &id, scopes, signed_in, caller.address, at)?
                .insert(conn)?;
            let event = caller.audit_event(Action::KeyPlaygroundToken, id.as_str(), at);
            event.record(conn)
        })
        .await?;
    Ok(HttpResponse::Created().json(PlaygroundTokenView {
        token: token.expose().to_owned(),
        expires_at: now + LIFETIME,
    }))
}
