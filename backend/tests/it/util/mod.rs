//! Utilities for all tests.

pub mod app;
pub mod http;
pub mod personas;
pub mod process;
pub mod smtp;

pub use app::TestApp;
pub use http::Answer;
pub use personas::{Key, PASSWORD, Session};
pub use serde_json::json;

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
