//! `POST /api/v1/auth/login`

use crate::{
    auth::{cookie, sign_in},
    error::ApiError,
    json::Json,
    models::{session::Session, user::User},
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use shared::{error::ErrorCode, session::Login};

/// Signs in. Open to anyone, at a pace that makes guessing hopeless.
pub async fn login(
    state: web::Data<AppState>,
    request: HttpRequest,
    Json(form): Json<Login>,
) -> Result<HttpResponse, ApiError> {
    let email = form.email.clone();
    let user = state
        .db
        .read(move |conn| User::by_email(conn, &email))
        .await?;
    // A disabled user is treated as an unknown one, so that both answers take as long.
    let user = user.filter(|user| user.disabled_at.is_none());
    let stored = user.as_ref().map(|user| user.password_hash.clone());
    let wrong = ErrorCode::WrongCredentials;
    sign_in::check_password(&state, &request, &form.email, form.password, stored, wrong).await?;
    let user = user.ok_or(wrong)?;
    let token = sign_in::open_session(&state, &request, &user).await?;
    let (hash, now) = (cookie::token_hash(&token), state.clock.now_naive());
    let signed_in = state
        .db
        .read(move |conn| Session::find(conn, &hash, now))
        .await?;
    let signed_in = signed_in.ok_or(ErrorCode::NotSignedIn)?;
    Ok(HttpResponse::Ok()
        .cookie(cookie::set(token, &state.public_url))
        .json(sign_in::view(&state, &request, &signed_in)?))
}
