//! Middleware of the management API: rejects cross-site requests and authenticates the caller, a
//! browser with a session or a program with an API key.

use crate::{
    auth::{cookie, refusals},
    error::ApiError,
    middleware::require_api_key::{check, refused},
    models::session::{Session, SignedIn},
    state::AppState,
};
use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderValue},
    },
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
    let is_foreign = changes_state(request.method()) && !is_same_origin(state, request.request());
    match signed_in(state, request.request()).await {
        Ok(Some(signed_in)) => {
            if !is_foreign
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
    if is_foreign {
        return Ok(refused(request, ErrorCode::CrossSiteRequest.into()));
    }
    next.call(request).await
}

fn changes_state(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Checks `Sec-Fetch-Site`, or `Origin` for older browsers that do not send it.
fn is_same_origin(state: &AppState, request: &HttpRequest) -> bool {
    let header = |name: &str| request.headers().get(name).map(HeaderValue::as_bytes);
    if let Some(site) = header("sec-fetch-site") {
        return site == b"same-origin";
    }
    let Some(origin) = header("origin").and_then(|origin| std::str::from_utf8(origin).ok()) else {
        return false;
    };
    // On loopback the page may have been opened under another loopback name.
    let by_host = state.listens_on_loopback && !state.public_url.secure;
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    origin == state.public_url.origin
        || by_host
            && origin
                .strip_prefix("http://")
                .is_some_and(|origin| Some(origin) == host)
}

async fn signed_in(state: &AppState, request: &HttpRequest) -> Result<Option<SignedIn>, ApiError> {
    let Some(token) = cookie::token_of(request, &state.public_url) else {
        return Ok(None);
    };
    let (hash, now) = (cookie::token_hash(&token), state.clock.now_naive());
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
