//! Dialogs for the actions on keys.

mod confirm;
mod edit;
mod edit_state;
mod revoke;
mod rotate;
mod target_dialog;

pub use revoke::RevokeDialog;

use crate::keys::logic::action::KeyAction;
use confirm::ConfirmDialog;
use edit::EditDialog;
use leptos::prelude::*;
use rotate::RotateDialog;
use shared::key::KeyView;

/// The dialogs of a page, at most one of which is open.
#[derive(Clone, Copy)]
pub struct KeyDialogs {
    editing: RwSignal<Option<KeyView>>,
    rotating: RwSignal<Option<KeyView>>,
    revoking: RwSignal<Option<KeyView>>,
    confirming: RwSignal<Option<(KeyAction, KeyView)>>,
}

impl KeyDialogs {
    /// Creates the state with all dialogs closed.
    pub fn new() -> Self {
        Self {
            editing: RwSignal::new(None),
            rotating: RwSignal::new(None),
            revoking: RwSignal::new(None),
            confirming: RwSignal::new(None),
        }
    }

    /// Opens the dialog for `action`.
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

/// Renders the dialogs of a page.
#[component]
pub fn KeyDialogsView(
    /// Decides which dialog is open.
    dialogs: KeyDialogs,
) -> impl IntoView {
    view! {
        <EditDialog target=dialogs.editing />
        <RotateDialog target=dialogs.rotating />
        <RevokeDialog target=dialogs.revoking />
        <ConfirmDialog target=dialogs.confirming />
    }
}
