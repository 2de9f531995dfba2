//! `POST /api/v1/auth/sudo`: re-enters the password for sensitive actions.

use crate::{
    auth::{
        authorized::{Actor, Authorized},
        cookie, sign_in,
    },
    endpoint::endpoint,
    error::ApiError,
    json_body::Json,
    models::{
        audit::AuditEvent,
        session::{SUDO_LASTS, Session},
    },
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use shared::{
    audit::Action,
    error::ErrorCode,
    operation,
    session::{EnterSudo, SudoView},
};

/// Enters sudo: checks the user's password and gives the session a new token.
#[endpoint(operation::EnterSudo)]
pub async fn enter_sudo(
    caller: Authorized<operation::EnterSudo>,
    state: web::Data<AppState>,
    request: HttpRequest,
    Json(form): Json<EnterSudo>,
) -> Result<HttpResponse, ApiError> {
    let actor = caller.audited();
    let Actor::User(signed_in) = caller.actor else {
        return Err(ErrorCode::NotSignedIn.into());
    };
    sign_in::check_own_password(&state, &request, &signed_in, form.password).await?;
    let session = signed_in.session;
    let token = cookie::new_token().map_err(ApiError::internal)?;
    let new_hash = cookie::token_hash(&token);
    let now = state.clock.now();
    let sudo_expires_at = now + SUDO_LASTS;
    let elevate = move |conn: &mut crate::db::DbConnection| {
        let now = now.naive_utc();
        let until = sudo_expires_at.naive_utc();
        Session::elevate(
            conn,
            &session.id,
            &session.token_hash,
            &new_hash,
            now,
            until,
        )?;
        let event = AuditEvent {
            tenant: &caller.tenant_id,
            actor,
            action: Action::SessionSudo,
            subject_id: &session.id,
            at: now,
        };
        event.record(conn)
    };
    state.db.write(elevate).await?;
    Ok(HttpResponse::Ok()
        .cookie(cookie::set(token, &state.public_url))
        .json(SudoView { sudo_expires_at }))
}
