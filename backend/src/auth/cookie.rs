//! The session cookie. Its token is random, and only its digest is stored.

use crate::{config::PublicUrl, models::session, random::random_base62};
use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::digest;

/// 256 bits in base62.
const TOKEN_CHARS: usize = 43;

/// `__Host-` binds the cookie to this host over https; it cannot be set over
/// plain http, which is served on loopback only.
fn name(public_url: &PublicUrl) -> &'static str {
    if public_url.secure {
        "__Host-pm_session"
    } else {
        "pm_session"
    }
}

/// A new token.
pub fn new_token() -> anyhow::Result<String> {
    random_base62(TOKEN_CHARS)
}

/// What is stored of a token.
pub fn token_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, token.as_bytes()))
}

/// The token that the browser sent.
pub fn token_of(request: &HttpRequest, public_url: &PublicUrl) -> Option<String> {
    request
        .cookie(name(public_url))
        .map(|cookie| cookie.value().to_owned())
}

/// Hands the browser a token.
pub fn set(token: String, public_url: &PublicUrl) -> Cookie<'static> {
    cookie(token, public_url)
        .max_age(Duration::seconds(session::LIFETIME.num_seconds()))
        .finish()
}

/// Makes the browser forget its token.
pub fn clear(public_url: &PublicUrl) -> Cookie<'static> {
    cookie(String::new(), public_url)
        .max_age(Duration::ZERO)
        .finish()
}

fn cookie(value: String, public_url: &PublicUrl) -> actix_web::cookie::CookieBuilder<'static> {
    Cookie::build(name(public_url), value)
        .path("/")
        .http_only(true)
        .secure(public_url.secure)
        .same_site(SameSite::Lax)
}
