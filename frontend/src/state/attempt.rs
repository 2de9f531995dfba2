//! State of an action on the server, started by a dialog or a button.

use super::{live::Live, sudo::Sudo};
use crate::api::ApiError;
use leptos::{prelude::*, task::spawn_local};
use shared::error::ErrorCode;

/// Action with its progress and last error.
#[derive(Clone, Copy)]
pub struct Attempt {
    busy: RwSignal<bool>,
    error: RwSignal<Option<ApiError>>,
    sudo: Sudo,
    live: Live,
}

impl Attempt {
    pub fn new() -> Self {
        Self {
            busy: RwSignal::new(false),
            error: RwSignal::new(None),
            sudo: Sudo::expect(),
            live: Live::expect(),
        }
    }

    /// Returns a signal that is `true` while the action is running.
    pub fn busy(self) -> Signal<bool> {
        self.busy.into()
    }

    /// Returns `true` while the action is running. Not tracked.
    pub fn is_busy_untracked(self) -> bool {
        self.busy.get_untracked()
    }

    /// Clears the last error.
    pub fn reset(self) {
        self.error.set(None);
    }

    /// Returns the last error. Tracked.
    pub fn error(self) -> Option<ApiError> {
        self.error.get()
    }

    /// Runs `action`, with a password prompt if the server requires one. Does nothing while the
    /// previous action is still running.
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
            // The signals are disposed if the session has ended in the meantime.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match result {
                Some(Ok(value)) => on_success(value),
                Some(Err(problem)) => {
                    // A concurrent change: refreshes the page to show it.
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
