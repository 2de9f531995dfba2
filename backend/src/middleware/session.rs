//! Middleware of the management API: rejects cross-site requests and authenticates the caller, a
//! browser with a session or a program with an API key.

use crate::{
    auth::{cookie, refusals},
    error::ApiError,
    middleware::{
        csrf,
        require_api_key::{check, refused},
    },
    models::session::{Session, SignedIn},
    state::AppState,
};
use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
};
use shared::{
    error::ErrorCode,
    operation::{Row, StreamLive},
};

/// Authenticates the caller. Authorization happens in the route's extractor.
pub async fn identify(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    // Other sites cannot add this header, so neither cookies nor origins matter.
    if request.headers().contains_key(header::AUTHORIZATION) {
        return match check(&request).await {
            Ok(()) => next.call(request).await,
            Err(error) => Ok(refused(request, error)),
        };
    }
    let state = AppState::of(request.request())?.clone();
    let response = identify_browser(&state, request, next).await?;
    refusals::record_response(&state, &response);
    Ok(response)
}

async fn identify_browser(
    state: &AppState,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_cross_site = csrf::is_forgery(state, request.request());
    match signed_in(state, request.request()).await {
        Ok(Some(signed_in)) => {
            if !is_cross_site
                && request.path() != StreamLive::OPERATION.path
                && let Err(error) = touch(state, &signed_in.session).await
            {
                return Ok(refused(request, error));
            }
            request.extensions_mut().insert(signed_in);
        }
        Ok(None) => {}
        Err(error) => return Ok(refused(request, error)),
    }
    if is_cross_site {
        return Ok(refused(request, ErrorCode::CrossSiteRequest.into()));
    }
    next.call(request).await
}

/// Returns the session of a browser's cookie with its user; `None` if it has none.
pub async fn signed_in(
    state: &AppState,
    request: &HttpRequest,
) -> Result<Option<SignedIn>, ApiError> {
    let Some(token) = cookie::token_of(request, &state.public_url) else {
        return Ok(None);
    };
    let hash = cookie::token_hash(&token);
    let now = state.clock.now_naive();
    state
        .db
        .read(move |conn| Session::find(conn, &hash, now))
        .await
}

/// Extends the session's idle timeout. Event streams do not: they reconnect without a user at the
/// keyboard.
async fn touch(state: &AppState, session: &Session) -> Result<(), ApiError> {
    let now = state.clock.now_naive();
    if !session.is_stale(now) {
        return Ok(());
    }
    let id = session.id.clone();
    state
        .db
        .write_usage(move |conn| Session::touch(conn, &id, now))
        .await
}
