//! What the dashboard computes: texts, drafts, presets. Pure functions without a
//! browser, tested on the host with plain `cargo test`. Nothing here knows
//! signals, HTTP or what time it is.

pub mod backoff;
pub mod next_path;
pub mod rate_limit;
pub mod score;
pub mod site_map;
