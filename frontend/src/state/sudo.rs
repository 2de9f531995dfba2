//! Entering the password again before a dangerous action.

use super::session::Session;
use crate::api::ApiError;
use futures_channel::oneshot;
use leptos::prelude::*;
use shared::error::ErrorCode;

/// The password prompt, in context. [`crate::ui::sudo_dialog`] draws it.
#[derive(Clone, Copy)]
pub struct Sudo {
    open: RwSignal<bool>,
    waiting: StoredValue<Option<oneshot::Sender<bool>>>,
}

impl Sudo {
    /// Puts the prompt into context. It closes if the session ends meanwhile.
    pub fn provide(session: Session) {
        let sudo = Self {
            open: RwSignal::new(false),
            waiting: StoredValue::new(None),
        };
        let signed_in = session.is_signed_in();
        Effect::new(move || {
            if !signed_in.get() {
                sudo.settle(false);
            }
        });
        provide_context(sudo);
    }

    /// The prompt from context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Whether the prompt is open, tracked.
    pub fn is_open(self) -> bool {
        self.open.get()
    }

    /// Runs `action`; if the server wants the password first, asks for it and runs
    /// `action` once more. `None` if the person changed their mind.
    pub async fn run<T>(
        self,
        action: impl AsyncFn() -> Result<T, ApiError>,
    ) -> Option<Result<T, ApiError>> {
        match action().await {
            Err(error) if error.is(ErrorCode::SudoRequired) => {}
            result => return Some(result),
        }
        let (sender, receiver) = oneshot::channel();
        self.waiting.set_value(Some(sender));
        self.open.set(true);
        match receiver.await {
            Ok(true) => Some(action().await),
            _ => None,
        }
    }

    /// Closes the prompt and lets the pending action go on, or drop.
    pub fn settle(self, confirmed: bool) {
        self.open.set(false);
        if let Some(sender) = self.waiting.try_update_value(Option::take).flatten() {
            sender.send(confirmed).ok();
        }
    }
}
