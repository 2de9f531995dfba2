//! What every test needs.

pub mod app;
pub mod http;
pub mod personas;
pub mod process;
pub mod smtp;

pub use app::TestApp;
pub use http::Answer;
pub use personas::{Key, PASSWORD, Session};
pub use serde_json::json;

/// What `look` finds, within ten seconds: for what the server does in its own time.
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

/// Runs what the server would run.
pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("has a runtime").block_on(work)
}
