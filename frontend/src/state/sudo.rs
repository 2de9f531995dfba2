//! Sudo mode: password prompt before sensitive actions.

use super::session::Session;
use crate::api::ApiError;
use futures_channel::oneshot;
use leptos::prelude::*;
use shared::error::ErrorCode;

/// Password prompt, in context. Rendered by [`crate::ui::sudo_dialog`].
#[derive(Clone, Copy)]
pub struct Sudo {
    open: RwSignal<bool>,
    waiting: StoredValue<Option<oneshot::Sender<bool>>>,
}

impl Sudo {
    /// Provides the prompt as context. It closes if the session ends.
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

    pub fn expect() -> Self {
        expect_context()
    }

    /// Returns `true` while the prompt is open. Tracked.
    pub fn is_open(self) -> bool {
        self.open.get()
    }

    /// Runs `action`. If the server requires the password, opens the prompt and runs `action`
    /// again. Returns `None` if the user cancels.
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

    /// Closes the prompt, and resumes or drops the pending action.
    pub fn settle(self, confirmed: bool) {
        self.open.set(false);
        if let Some(sender) = self.waiting.try_update_value(Option::take).flatten() {
            sender.send(confirmed).ok();
        }
    }
}
