//! Web pages for recipients of emails. They are self-contained, because recipients have no access
//! to the dashboard.

use crate::{error::ApiError, middleware::routed_path::routed_path};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderName},
    },
};

const CONTENT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; \
                              form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Builds an HTML page with this title.
pub fn page(status: StatusCode, title: &str, content: &str) -> HttpResponse {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;\
         padding:0 1rem}}button{{font:inherit;padding:.6rem 1.2rem;min-height:2.75rem}}</style>\n\
         <main><h1>{title}</h1>{content}</main>\n</html>\n"
    );
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("Content-Security-Policy", CONTENT_POLICY))
        .insert_header(("Referrer-Policy", "no-referrer"))
        .body(html)
}

/// Renders an error as a page if a browser followed a link of an email. Programs get JSON. All
/// invalid links get the same response: the reason would help attackers.
pub fn error_page(request: &HttpRequest, error: &ApiError) -> Option<HttpResponse> {
    let path = routed_path(request);
    let is_link = ["/t/", "/u/"].iter().any(|start| path.starts_with(start));
    if !is_link || !accepts_html(request) {
        return None;
    }
    let status = error.code().status();
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (title, content) = match status.as_u16() {
        404 => (
            "This link does not work",
            "<p>It is incomplete, or the email is no longer kept. Open the link from the email \
             again, or copy all of it: some programs break long links.</p>\
             <p>To unsubscribe, you can also reply to the sender of the email.</p>",
        ),
        400..500 => (
            "This link does not work",
            "<p>Open it from the email again.</p>",
        ),
        _ => (
            "Something went wrong",
            "<p>This is a problem of the server, not of the link. Try again in a minute.</p>",
        ),
    };
    Some(page(status, title, content))
}

fn accepts_html(request: &HttpRequest) -> bool {
    accepted(request, header::ACCEPT).any(|part| {
        let mut parts = part.split(';').map(str::trim);
        parts.next() == Some("text/html") && parts.all(|parameter| parameter != "q=0")
    })
}

fn accepted(request: &HttpRequest, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = request.headers().get_all(name);
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
}
