//! State of the dialog that shows a new key once.

use leptos::prelude::*;
use shared::key::KeyView;

/// A new key with the texts of its dialog.
#[derive(Clone, PartialEq)]
pub struct ShownKey {
    /// Title of the dialog: what has been done.
    pub title: &'static str,
    /// The full key, including its secret.
    pub api_key: String,
    /// Metadata of the key.
    pub key: KeyView,
    /// Explains that the key must be copied now.
    pub warning: &'static str,
    /// Additional information, such as the end of the old key.
    pub note: Option<String>,
}

/// The new key, provided as a context and kept in memory only. It isn't tied to a page: navigating
/// back or the end of the session doesn't discard it before it has been saved.
#[derive(Clone, Copy)]
pub struct CreatedKeyState {
    shown: RwSignal<Option<ShownKey>>,
    saved: RwSignal<bool>,
    /// Number of attempts to close the dialog without saving the key.
    nudges: RwSignal<u32>,
}

impl CreatedKeyState {
    /// Provides the context, without a key.
    pub fn provide() {
        provide_context(Self {
            shown: RwSignal::new(None),
            saved: RwSignal::new(false),
            nudges: RwSignal::new(0),
        });
    }

    pub fn expect() -> Self {
        expect_context()
    }

    /// Opens the dialog with a new key.
    pub fn show(self, key: ShownKey) {
        self.saved.set(false);
        self.nudges.set(0);
        self.shown.set(Some(key));
    }

    /// Returns the key (tracked).
    pub fn shown(self) -> Option<ShownKey> {
        self.shown.get()
    }

    /// Returns true while the dialog is open.
    pub fn is_shown(self) -> Signal<bool> {
        Signal::derive(move || self.shown.with(Option::is_some))
    }

    /// Returns the title of the dialog (tracked).
    pub fn title(self) -> &'static str {
        self.shown
            .with(|shown| shown.as_ref().map_or("", |key| key.title))
    }

    /// Records that the key was copied or saved.
    pub fn note_saved(self) {
        self.saved.set(true);
    }

    /// Returns true if the key was copied or saved (tracked).
    pub fn is_saved(self) -> bool {
        self.saved.get()
    }

    /// Returns true if closing the dialog would lose the key.
    pub fn is_unsaved(self) -> bool {
        self.shown.with_untracked(Option::is_some) && !self.saved.get_untracked()
    }

    /// Returns true if the user tried to close the dialog without saving the key (tracked).
    pub fn is_nudged(self) -> bool {
        self.nudges.get() > 0 && !self.saved.get()
    }

    /// Shows the reason why the dialog doesn't close yet.
    pub fn warn_unsaved(self) {
        self.nudges.update(|nudges| *nudges += 1);
    }

    /// Closes the dialog and drops the key from memory.
    pub fn close(self) {
        self.shown.set(None);
    }
}
