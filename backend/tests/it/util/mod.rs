//! Utilities for all tests.

pub mod accounts;
pub mod admin;
pub mod api_keys;
pub mod app;
pub mod campaigns;
pub mod emails;
pub mod event_stream;
pub mod gateway;
pub mod http;
pub mod personas;
pub mod preconditions;
pub mod process;
pub mod quotas;
pub mod smtp;
pub mod spellings;
pub mod usage;

pub use app::TestApp;
pub use gateway::with_wrong_check;
pub use http::Answer;
pub use personas::{Key, PASSWORD, Session};
pub use serde_json::json;
pub use usage::{API_USAGE, ResponseCounts, call_with_both, check_api_usage};

/// Polls `look` for up to ten seconds, for background work of the server. Returns its result.
#[track_caller]
pub fn eventually<T>(mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..500 {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("it did not happen within ten seconds");
}

/// Runs a future to completion on the current thread.
pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("has a runtime").block_on(work)
}
