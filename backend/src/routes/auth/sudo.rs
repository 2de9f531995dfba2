//! `POST /api/v1/auth/sudo`

use crate::{
    auth::{
        authorized::{Actor, Authorized},
        cookie, sign_in,
    },
    error::ApiError,
    json::Json,
    models::session::Session,
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::TimeDelta;
use shared::{
    error::ErrorCode,
    operation::EnterSudo as Operation,
    session::{EnterSudo, SudoView},
};

/// How long an entered password counts, whatever happens in between.
const SUDO_LASTS: TimeDelta = TimeDelta::minutes(15);

/// Takes the password again, and gives the session a new token with it.
pub async fn enter_sudo(
    caller: Authorized<Operation>,
    state: web::Data<AppState>,
    request: HttpRequest,
    Json(form): Json<EnterSudo>,
) -> Result<HttpResponse, ApiError> {
    let Actor::User(signed_in) = caller.actor else {
        return Err(ErrorCode::NotSignedIn.into());
    };
    let (user, session) = (signed_in.user, signed_in.session);
    let stored = Some(user.password_hash);
    let wrong = ErrorCode::WrongPassword;
    sign_in::check_password(&state, &request, &user.email, form.password, stored, wrong).await?;
    let token = cookie::new_token().map_err(ApiError::internal)?;
    let (new_hash, now) = (cookie::token_hash(&token), state.clock.now());
    let sudo_expires_at = now + SUDO_LASTS;
    let elevate = move |conn: &mut crate::db::DbConnection| {
        let (now, until) = (now.naive_utc(), sudo_expires_at.naive_utc());
        Session::elevate(
            conn,
            &session.id,
            &session.token_hash,
            &new_hash,
            now,
            until,
        )
    };
    state.db.write(elevate).await?;
    Ok(HttpResponse::Ok()
        .cookie(cookie::set(token, &state.public_url))
        .json(SudoView { sudo_expires_at }))
}
