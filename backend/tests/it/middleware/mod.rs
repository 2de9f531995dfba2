//! Middleware that many endpoints share.

mod body_limits;
mod cors;
mod require_api_key;
mod security_headers;
mod session;
