//! `POST /api/v1/auth/logout`: ends the session.

use crate::{
    auth::{authorized::Authorized, cookie},
    error::ApiError,
    models::session::Session,
    state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{audit::Action, ids::UserId, operation::Logout};

/// Ends the caller's session.
pub async fn logout(
    caller: Authorized<Logout>,
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
