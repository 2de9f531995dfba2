//! `/api/v1/auth/sessions`: the user's active sessions.

use crate::{
    auth::{authorized::Authorized, cookie},
    endpoint::endpoint,
    error::ApiError,
    models::{audit::audit_fields, session::Session},
    state::AppState,
};
use actix_web::{HttpResponse, web};
use serde_json::json;
use shared::{
    audit::Action,
    error::ErrorCode,
    ids::{SessionId, UserId},
    operation,
    page::{MAX_LIMIT, Page},
    session::SessionsEnded,
};

/// Lists the user's sessions, last used first.
#[endpoint(operation::ListSessions)]
pub async fn list_sessions(
    caller: Authorized<operation::ListSessions>,
    state: web::Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let signed_in = caller.signed_in()?;
    let user_id = signed_in.user.id.clone();
    let now = state.clock.now_naive();
    let list = move |conn: &mut _| Session::list(conn, &user_id, MAX_LIMIT.into(), now);
    let (sessions, total) = state.db.read_snapshot(list).await?;
    let current = &signed_in.session.id;
    Ok(HttpResponse::Ok().json(Page {
        data: sessions
            .into_iter()
            .map(|session| session.entry(current))
            .collect(),
        total,
        next_cursor: None,
    }))
}

/// Ends one of the user's sessions. Ending the calling session signs out.
#[endpoint(operation::EndSession)]
pub async fn end_session(
    caller: Authorized<operation::EndSession>,
    state: web::Data<AppState>,
    id: web::Path<SessionId>,
) -> Result<HttpResponse, ApiError> {
    let id = id.into_inner();
    let signed_in = caller.signed_in()?;
    let is_current = signed_in.session.id == id.as_str();
    let user_id = UserId::new(signed_in.user.id.clone());
    let at = state.clock.now_naive();
    state
        .db
        .write(move |conn| {
            if !Session::end(conn, &caller.signed_in()?.user.id, id.as_str())? {
                return Err(ErrorCode::NotFound.into());
            }
            let event = caller.audit_event(Action::SessionEnded, id.as_str(), at);
            event.record(conn)
        })
        .await?;
    state.live.sessions_ended(&user_id);
    let mut response = HttpResponse::NoContent();
    if is_current {
        response.cookie(cookie::clear(&state.public_url));
    }
    Ok(response.finish())
}

/// Ends all of the user's sessions except the calling one.
#[endpoint(operation::EndOtherSessions)]
pub async fn end_other_sessions(
    caller: Authorized<operation::EndOtherSessions>,
    state: web::Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let user_id = UserId::new(caller.signed_in()?.user.id.clone());
    let at = state.clock.now_naive();
    let ended = state
        .db
        .write(move |conn| {
            let signed_in = caller.signed_in()?;
            let user = &signed_in.user.id;
            let ended = Session::end_all(conn, user, Some(&signed_in.session.id))?;
            if ended > 0 {
                let event = caller.audit_event(Action::UserSessionsEnded, user, at);
                event.record_created(conn, &audit_fields([("sessions_ended", json!(ended))]))?;
            }
            Ok(ended)
        })
        .await?;
    state.live.sessions_ended(&user_id);
    Ok(HttpResponse::Ok().json(SessionsEnded {
        ended: u64::try_from(ended).map_err(ApiError::internal)?,
    }))
}
