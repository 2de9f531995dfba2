//! The check of the `Host` header, which protects against DNS rebinding.

use crate::{
    config,
    middleware::routed_path::{is_within, routed_path},
    state::AppState,
};
use actix_web::{
    HttpRequest,
    http::{header, uri::Authority},
};

/// Returns `true` if the request's `Host` has to be one of the server's names. The public API
/// requires a key in a header, which other websites cannot add, and probes use the IP address.
pub fn is_required(request: &HttpRequest) -> bool {
    let path = routed_path(request);
    !is_within(path, "/v1") && !matches!(path, "/healthz" | "/readyz" | "/metrics")
}

/// Returns `true` if the request names this server.
pub fn is_valid(state: &AppState, request: &HttpRequest) -> bool {
    // HTTP/2 and absolute-form requests have the authority in the URI.
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let Some(host) = host.or(request.uri().authority().map(Authority::as_str)) else {
        return false;
    };
    if host.eq_ignore_ascii_case(&state.public_url.authority) {
        return true;
    }
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    state.listens_on_loopback && config::is_loopback_name(name)
}
