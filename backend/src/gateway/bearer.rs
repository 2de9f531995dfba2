//! Parses the API key in the `Authorization` header, and explains why there is none.

use crate::{
    error::ApiError,
    keys::format::{KEY_LEN, KeyParts, PREFIXES},
};
use actix_web::{HttpRequest, http::header::AUTHORIZATION};
use shared::error::ErrorCode;

const SCHEME: &[u8] = b"Bearer ";

/// Returns the key in the `Authorization` header if its syntax is valid.
pub fn parse_bearer(request: &HttpRequest) -> Option<KeyParts<'_>> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let (Some(header), None) = (headers.next(), headers.next()) else {
        return None;
    };
    let (scheme, token) = header.as_bytes().split_at_checked(SCHEME.len())?;
    scheme
        .eq_ignore_ascii_case(SCHEME)
        .then(|| KeyParts::parse(token.trim_ascii()))
        .flatten()
}

/// Returns the error for a request without a parsable key. It depends only on the syntax of what
/// was sent, so it reveals nothing to an attacker.
pub fn no_key_error(request: &HttpRequest) -> ApiError {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let error = ApiError::new(ErrorCode::InvalidToken);
    match (headers.next(), headers.next()) {
        (None, _) => error
            .without_credentials()
            .detail("No API key was sent. Send one as `Authorization: Bearer pm_live_…`."),
        (Some(_), Some(_)) => error
            .detail("The Authorization header was sent more than once. Send one, with one key."),
        (Some(header), None) => {
            let text = header.as_bytes().trim_ascii();
            let (scheme, token) = text
                .iter()
                .position(u8::is_ascii_whitespace)
                .map_or((text, &b""[..]), |end| text.split_at(end));
            if !scheme.eq_ignore_ascii_case(SCHEME.trim_ascii()) {
                return wrong_scheme(error, scheme);
            }
            error.detail(wrong_token(token.trim_ascii()))
        }
    }
}

fn wrong_scheme(error: ApiError, scheme: &[u8]) -> ApiError {
    if PREFIXES.iter().any(|prefix| scheme.starts_with(prefix)) {
        return error.detail(
            "The Authorization header has a key and no scheme. Write `Bearer ` before the key.",
        );
    }
    if scheme.is_empty() {
        return error
            .without_credentials()
            .detail("The Authorization header is empty. Send `Authorization: Bearer pm_live_…`.");
    }
    error.without_credentials().detail(
        "The Authorization header has another scheme than Bearer. Send `Authorization: Bearer pm_live_…`.",
    )
}

fn wrong_token(token: &[u8]) -> &'static str {
    let has = |part: &str| {
        token
            .windows(part.len())
            .any(|window| window == part.as_bytes())
    };
    let has_prefix = PREFIXES.iter().any(|prefix| token.starts_with(prefix));
    if token.is_empty() {
        "No API key follows `Bearer`. If a variable should have stood there, it was empty."
    } else if ["...", "…", "***", "•••"].into_iter().any(has) {
        "This is the masked form of a key. A key is shown in full once, when it is created: use that, or rotate the key to get a new one."
    } else if has("$") || has("{") || has("<") || has("%") {
        "A placeholder was sent instead of a key: the variable was not replaced by its value. In a shell, use double quotes around the header."
    } else if has_prefix && token.iter().any(u8::is_ascii_whitespace) {
        "White space follows the key, with more text. Send the key alone."
    } else if has_prefix && token.len() < KEY_LEN {
        "This is only a part of a key. A key has 72 characters: copy all of it."
    } else if has_prefix && token.len() > KEY_LEN {
        "This is longer than a key. A key has 72 characters, without quotes."
    } else {
        "This is not an API key. Keys begin with pm_live_ or pm_test_ and have 72 characters."
    }
}
