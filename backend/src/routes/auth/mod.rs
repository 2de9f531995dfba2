//! `/api/v1/auth`: sign-in, sign-out and the account of the user.

mod check_password;
mod password;
mod sessions;
mod setup;
mod sudo;

use crate::{
    auth::{
        authorized::{Actor, Authorized},
        cookie, sign_in,
    },
    endpoint::endpoint,
    error::ApiError,
    json_body::Json,
    models::session::Session,
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use shared::{audit::Action, error::ErrorCode, ids::UserId, operation, session::Login};

/// Signs in. Open to anyone, with rate limits that prevent guessing.
#[endpoint(operation::Login)]
pub async fn login(
    state: web::Data<AppState>,
    request: HttpRequest,
    Json(form): Json<Login>,
) -> Result<HttpResponse, ApiError> {
    let user = sign_in::check_login(&state, &request, form).await?;
    sign_in::respond(&state, &request, &user, HttpResponse::Ok()).await
}

/// Ends the caller's session.
#[endpoint(operation::Logout)]
pub async fn logout(
    caller: Authorized<operation::Logout>,
    state: web::Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let user_id = UserId::new(caller.signed_in()?.user.id.clone());
    let at = state.clock.now_naive();
    state
        .db
        .write(move |conn| {
            let signed_in = caller.signed_in()?;
            let id = &signed_in.session.id;
            Session::end(conn, &signed_in.user.id, id)?;
            let event = caller.audit_event(Action::SessionEnded, id, at);
            event.record(conn)
        })
        .await?;
    state.live.sessions_ended(&user_id);
    Ok(HttpResponse::NoContent()
        .cookie(cookie::clear(&state.public_url))
        .finish())
}

/// Returns the signed-in user.
#[endpoint(operation::GetSession)]
pub async fn get_session(
    caller: Authorized<operation::GetSession>,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let Actor::User(signed_in) = caller.actor else {
        return Err(ErrorCode::NotSignedIn.into());
    };
    Ok(HttpResponse::Ok().json(sign_in::view(&state, &request, &signed_in)?))
}
