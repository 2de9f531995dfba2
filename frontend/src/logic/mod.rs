//! What the dashboard computes: texts, drafts, presets. Pure functions without a
//! browser, tested on the host with plain `cargo test`. Nothing here knows
//! signals, HTTP or what time it is.

pub mod backoff;
pub mod docs;
pub mod endpoints;
pub mod getting_started;
pub mod highlight;
pub mod inline_code;
pub mod ip_list;
pub mod key_action;
pub mod key_draft;
pub mod key_edit;
pub mod key_query;
pub mod key_refusal;
pub mod key_rights;
pub mod key_summary;
pub mod key_text;
pub mod next_path;
pub mod number;
pub mod openapi;
pub mod palette;
pub mod password_strength;
pub mod permission_rows;
pub mod presets;
pub mod quota;
pub mod rate_limit;
pub mod rotation;
pub mod samples;
pub mod shortcut;
pub mod site_map;
pub mod snippet;
#[cfg(test)]
mod test_key;
pub mod time;
pub mod try_it_out;
pub mod usage;
