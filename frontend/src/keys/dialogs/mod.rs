//! What can be done with a key, each with the question that it takes.

mod confirm;
mod edit;
mod edit_state;
mod revoke;
mod rotate;

pub use revoke::RevokeDialog;

use crate::keys::logic::action::KeyAction;
use confirm::ConfirmDialog;
use edit::EditDialog;
use leptos::prelude::*;
use rotate::RotateDialog;
use shared::key::KeyView;

/// The dialogs of one page, of which one at a time is open.
#[derive(Clone, Copy)]
pub struct KeyDialogs {
    editing: RwSignal<Option<KeyView>>,
    rotating: RwSignal<Option<KeyView>>,
    revoking: RwSignal<Option<KeyView>>,
    confirming: RwSignal<Option<(KeyAction, KeyView)>>,
}

impl KeyDialogs {
    /// All closed.
    pub fn new() -> Self {
        Self {
            editing: RwSignal::new(None),
            rotating: RwSignal::new(None),
            revoking: RwSignal::new(None),
            confirming: RwSignal::new(None),
        }
    }

    /// Opens the one for `action`.
    pub fn open(self, action: KeyAction, key: KeyView) {
        match action {
            KeyAction::Edit => self.editing.set(Some(key)),
            KeyAction::Rotate => self.rotating.set(Some(key)),
            KeyAction::Revoke => self.revoking.set(Some(key)),
            KeyAction::Disable | KeyAction::Enable | KeyAction::Approve | KeyAction::Narrow => {
                self.confirming.set(Some((action, key)));
            }
        }
    }
}

/// Draws the dialogs.
#[component]
pub fn KeyDialogsView(
    /// Which one is open.
    dialogs: KeyDialogs,
) -> impl IntoView {
    view! {
        <EditDialog target=dialogs.editing />
        <RotateDialog target=dialogs.rotating />
        <RevokeDialog target=dialogs.revoking />
        <ConfirmDialog target=dialogs.confirming />
    }
}
