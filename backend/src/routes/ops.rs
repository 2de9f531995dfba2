//! Health checks for the server's operator.

use crate::{config::is_loopback_name, error::ApiError, state::AppState};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use diesel::RunQueryDsl;
use shared::error::ErrorCode;

/// Liveness probe, `GET /healthz`: the process is running.
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ok\n")
}

/// Readiness probe, `GET /readyz`: the database responds too.
pub async fn readyz(state: web::Data<AppState>) -> Result<HttpResponse, ApiError> {
    state
        .db
        .read(|conn| Ok(diesel::sql_query("SELECT 1").execute(conn).map(drop)?))
        .await?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ready\n"))
}

/// Headers that proxies add; a request with one of them did not begin on this machine.
const FORWARDING_HEADERS: [&str; 9] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-server",
    "x-real-ip",
    "true-client-ip",
    "cf-connecting-ip",
];

/// `GET /metrics` on the main address: for callers on this machine that did not come
/// through a proxy. A server whose public URL is not a loopback one has a proxy in
/// front, which may add no header at all; it serves metrics on `--metrics-addr` only.
pub async fn metrics(
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let local = request
        .peer_addr()
        .is_some_and(|peer| peer.ip().is_loopback());
    let forwarded = FORWARDING_HEADERS
        .iter()
        .any(|name| request.headers().contains_key(*name));
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let by_local_name = host
        .is_some_and(|host| is_loopback_name(host.rsplit_once(':').map_or(host, |(name, _)| name)));
    let behind_proxy = !state.public_url.loopback;
    if state.metrics_elsewhere || behind_proxy || !local || forwarded || !by_local_name {
        return Err(ErrorCode::NotFound.into());
    }
    Ok(state.metrics.render())
}

/// `GET /metrics` on `--metrics-addr`.
pub async fn metrics_on_own_listener(state: web::Data<AppState>) -> HttpResponse {
    state.metrics.render()
}
