//! What the dashboard computes: texts, drafts, presets. Pure functions without a
//! browser, tested on the host with plain `cargo test`. Nothing here knows
//! signals, HTTP or what time it is.

pub mod backoff;
pub mod inline_code;
pub mod key_draft;
pub mod key_query;
pub mod key_summary;
pub mod key_text;
pub mod next_path;
pub mod number;
pub mod permission_rows;
pub mod presets;
pub mod snippet;
pub mod time;
