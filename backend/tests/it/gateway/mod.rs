//! The gateway in front of the public API.

mod failed_attempts;
mod ip_allowlist;
mod key_cache;
mod playground;
mod sunset;
