//! `/.well-known`: the list of the APIs, and the contact for reports of vulnerabilities.

use crate::{
    docs::{API_CATALOG_LINK, Published},
    error::ApiError,
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use chrono::{NaiveTime, SecondsFormat, TimeDelta};
use shared::{docs::guide_path, error::ErrorCode};
use std::fmt::Write;

/// Days until clients must read `security.txt` again. RFC 9116 recommends less than a year.
const SECURITY_TXT_DAYS: i64 = 180;

/// `GET /.well-known/api-catalog` (RFC 9727).
pub async fn api_catalog(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    let mut response = state.docs.made().api_catalog.current(&request);
    let link = header::HeaderValue::from_static(API_CATALOG_LINK);
    response.headers_mut().append(header::LINK, link);
    response
}

/// `GET /.well-known/security.txt` (RFC 9116). 404 if the operator has set no contact.
pub async fn security_txt(
    request: HttpRequest,
    state: web::Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    if state.security_contacts.is_empty() {
        return Err(ApiError::new(ErrorCode::NotFound)
            .message("This server publishes no contact for reports of vulnerabilities.")
            .detail("Ask the operator, who can set one with --security-contact."));
    }
    // Changes once a day, so that the tag stays the same in between.
    let today = state.clock.now().date_naive().and_time(NaiveTime::MIN);
    let expires = today.and_utc() + TimeDelta::days(SECURITY_TXT_DAYS);
    let origin = &state.public_url.origin;
    let mut text = String::new();
    for contact in &state.security_contacts {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "Contact: {contact}");
    }
    let _ = write!(
        text,
        "Expires: {}\nCanonical: {origin}/.well-known/security.txt\n\
         Policy: {origin}{}#report-a-vulnerability\n",
        expires.to_rfc3339_opts(SecondsFormat::Secs, true),
        guide_path("security"),
    );
    let document = Published::new("text/plain; charset=utf-8", text.into_bytes(), None);
    Ok(document.current(&request))
}
