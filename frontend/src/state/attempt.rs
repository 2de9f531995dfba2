//! One thing that a dialog or a button tries to do on the server.

use super::{live::Live, sudo::Sudo};
use crate::api::ApiError;
use leptos::{prelude::*, task::spawn_local};
use shared::error::ErrorCode;

/// Something that is tried: whether it is under way, and why it did not work.
#[derive(Clone, Copy)]
pub struct Attempt {
    busy: RwSignal<bool>,
    error: RwSignal<Option<ApiError>>,
    sudo: Sudo,
    live: Live,
}

impl Attempt {
    /// Nothing has been tried yet.
    pub fn new() -> Self {
        Self {
            busy: RwSignal::new(false),
            error: RwSignal::new(None),
            sudo: Sudo::expect(),
            live: Live::expect(),
        }
    }

    /// Whether it is under way, tracked.
    pub fn busy(self) -> Signal<bool> {
        self.busy.into()
    }

    /// Whether it is under way at this moment.
    pub fn is_busy_untracked(self) -> bool {
        self.busy.get_untracked()
    }

    /// Forgets why the last one did not work.
    pub fn reset(self) {
        self.error.set(None);
    }

    /// Why it did not work, tracked.
    pub fn error(self) -> Option<ApiError> {
        self.error.get()
    }

    /// Runs `action`, asking for the password in between if the server wants it.
    /// Does nothing while the last attempt is still under way.
    pub fn run<T: 'static>(
        self,
        action: impl AsyncFn() -> Result<T, ApiError> + 'static,
        on_success: impl FnOnce(T) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.error.set(None);
        spawn_local(async move {
            let result = self.sudo.run(action).await;
            // Nothing is there any more if the session ended meanwhile.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match result {
                Some(Ok(value)) => on_success(value),
                Some(Err(problem)) => {
                    // Someone else was faster: the page should show that.
                    let faster = [ErrorCode::KeyAlreadyRevoked, ErrorCode::KeyChanged];
                    if faster.into_iter().any(|code| problem.is(code)) {
                        self.live.touch();
                    }
                    self.error.set(Some(problem));
                }
                None => {}
            }
        });
    }
}
