//! Security headers of all responses.

use crate::state::AppState;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// Content security policy of responses that are no page: it forbids everything.
const NO_CONTENT_POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Appends the headers. Handlers can override some of them.
pub fn append(state: &AppState, headers: &mut HeaderMap, is_api: bool) {
    let append = |headers: &mut HeaderMap, name, value| {
        headers.append(name, HeaderValue::from_static(value));
    };
    // The handler has set its own value.
    let append_if_absent = |headers: &mut HeaderMap, name: HeaderName, value| {
        if !headers.contains_key(&name) {
            append(headers, name, value);
        }
    };
    append(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if is_api {
        // No handler of the APIs sets these two, and the lookup takes as long as the insertion.
        append(headers, header::CONTENT_SECURITY_POLICY, NO_CONTENT_POLICY);
        append(headers, header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin");
        append_if_absent(headers, header::CACHE_CONTROL, "no-store");
    } else {
        append_if_absent(headers, header::CONTENT_SECURITY_POLICY, NO_CONTENT_POLICY);
        append_if_absent(headers, header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin");
        append_if_absent(headers, header::X_FRAME_OPTIONS, "DENY");
        append_if_absent(headers, header::REFERRER_POLICY, "same-origin");
        append_if_absent(headers, header::CROSS_ORIGIN_OPENER_POLICY, "same-origin");
    }
    if let Some(hsts) = state.hsts {
        append_if_absent(headers, header::STRICT_TRANSPORT_SECURITY, hsts);
    }
}
