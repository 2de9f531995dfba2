//! Protection against cross-site request forgery (CSRF) of requests with a session cookie.

use crate::state::AppState;
use actix_web::{
    HttpRequest,
    http::{
        Method,
        header::{self, HeaderValue},
    },
};

/// Returns `true` if another site may have caused a browser to send this request, and the request
/// can change something.
pub fn is_forgery(state: &AppState, request: &HttpRequest) -> bool {
    let is_safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    !is_safe && !is_same_origin(state, request)
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
