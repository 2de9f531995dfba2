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
use shared::{audit::Action, operation::Logout};

/// Ends the session.
pub async fn logout(
    caller: Authorized<Logout>,
    state: web::Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let at = state.clock.now_naive();
    state
        .db
        .write(move |conn| {
            let Actor::User(signed_in) = &caller.actor else {
                return Ok(());
            };
            let id = &signed_in.session.id;
            Session::delete(conn, id)?;
            let deed = caller.deed(Action::SessionEnded, id, at);
            deed.log(conn)
        })
        .await?;
    Ok(HttpResponse::NoContent()
        .cookie(cookie::clear(&state.public_url))
        .finish())
}
