//! Writes to the server.

use super::{live::Live, sudo::Sudo};
use crate::api::ApiError;
use leptos::prelude::*;
use shared::error::ErrorCode;
use std::rc::Rc;

/// Write to the server with its progress and last error, which stays until the next try. If the
/// server requires the password, the prompt opens and the request is sent again.
///
/// Ends with the component that created it: a response that arrives later is dropped.
pub struct Mutation<I: 'static> {
    action: Action<I, Option<ApiError>>,
    pending: Memo<bool>,
    error: Signal<Option<ApiError>>,
}

impl<I> Clone for Mutation<I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<I> Copy for Mutation<I> {}

impl<I: Clone + 'static> Mutation<I> {
    /// `on_success` receives the input and the response.
    pub fn new<T: 'static>(
        request: impl AsyncFn(&I) -> Result<T, ApiError> + 'static,
        on_success: impl Fn(I, T) + 'static,
    ) -> Self {
        let (sudo, live) = (Sudo::expect(), Live::expect());
        let request = Rc::new(request);
        let on_success = UnsyncCallback::<(I, T)>::from(on_success);
        // A pending future keeps the owner of its action alive. The component's must not be: its
        // cleanup would wait for the response.
        let owner = Owner::new();
        let send = move |input: &I| {
            let (input, request) = (input.clone(), request.clone());
            async move {
                match sudo.run(async || request(&input).await).await {
                    Some(Ok(response)) => {
                        // Disposed if the component was unmounted or the session has ended.
                        on_success.try_run((input, response));
                        None
                    }
                    Some(Err(error)) => {
                        if is_outdated(&error) {
                            live.touch();
                        }
                        Some(error)
                    }
                    // The user has cancelled the prompt.
                    None => None,
                }
            }
        };
        let action = owner.with(|| Action::new_local(send));
        on_cleanup(move || drop(owner));
        let last = action.value();
        Self {
            action,
            pending: action.pending(),
            error: Signal::derive(move || last.get().flatten()),
        }
    }

    /// Calls `handler` with every error, in addition to [`Self::error`].
    pub fn on_error(self, handler: impl Fn(ApiError) + 'static) -> Self {
        Effect::new(move || {
            if let Some(error) = self.error.get() {
                untrack(|| handler(error));
            }
        });
        self
    }

    /// Sends the request and clears the last error. Does nothing while a request is pending.
    pub fn dispatch(self, input: I) {
        if !self.pending.get_untracked() {
            self.reset();
            self.action.dispatch_local(input);
        }
    }

    /// Returns a memo that is `true` while the request or the password prompt is pending.
    pub fn pending(self) -> Memo<bool> {
        self.pending
    }

    /// Returns the error of the last request.
    pub fn error(self) -> Signal<Option<ApiError>> {
        self.error
    }

    /// Clears the last error.
    pub fn reset(self) {
        self.action.clear();
    }
}

/// Returns `true` if the page shows a state of the key that someone else has changed.
fn is_outdated(error: &ApiError) -> bool {
    error.is(ErrorCode::KeyAlreadyRevoked) || error.is(ErrorCode::KeyChanged)
}
