//! Pure logic of the dashboard, independent of the browser and tested on the host with
//! `cargo test`. Doesn't use signals, HTTP or the current time.

pub mod backoff;
pub mod next_path;
pub mod rate_limit;
pub mod score;
pub mod site_map;
