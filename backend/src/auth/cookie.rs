//! The session cookie. Its token is random, and only a digest of it is stored.

use crate::{config::PublicUrl, models::session, random::random_base62};
use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::digest;

/// 256 bits in base62.
const TOKEN_CHARS: usize = 43;

/// `__Host-` binds the cookie to this host over HTTPS. Plain HTTP, which is served on loopback
/// only, cannot set it.
fn name(public_url: &PublicUrl) -> &'static str {
    if public_url.secure {
        "__Host-pm_session"
    } else {
        "pm_session"
    }
}

/// Generates a random token.
pub fn new_token() -> anyhow::Result<String> {
    random_base62(TOKEN_CHARS)
}

/// Returns the digest under which a token is stored.
pub fn token_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, token.as_bytes()))
}

/// Reads the token from the request's cookie.
pub fn token_of(request: &HttpRequest, public_url: &PublicUrl) -> Option<String> {
    request
        .cookie(name(public_url))
        .map(|cookie| cookie.value().to_owned())
}

/// Builds the cookie with a token.
pub fn set(token: String, public_url: &PublicUrl) -> Cookie<'static> {
    cookie(token, public_url)
        .max_age(Duration::seconds(session::LIFETIME.num_seconds()))
        .finish()
}

/// Builds an expired cookie, which deletes the token in the browser.
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
