//! `POST /api/v1/auth/logout`

use crate::{
    auth::{
        authorized::{Actor, Authorized},
        cookie,
    },
    error::ApiError,
    models::session::Session,
    state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::operation::Logout;

/// Ends the session.
pub async fn logout(
    caller: Authorized<Logout>,
    state: web::Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    if let Actor::User(signed_in) = caller.actor {
        let id = signed_in.session.id;
        state
            .db
            .write(move |conn| Session::delete(conn, &id))
            .await?;
    }
    Ok(HttpResponse::NoContent()
        .cookie(cookie::clear(&state.public_url))
        .finish())
}
