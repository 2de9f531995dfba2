//! A new key while it is on show, for the only time.

use leptos::prelude::*;
use shared::key::KeyView;

/// A new key with all that is needed to save and use it.
#[derive(Clone, PartialEq)]
pub struct ShownKey {
    /// What has just been done.
    pub title: &'static str,
    /// The whole key.
    pub api_key: String,
    /// The key's data.
    pub key: KeyView,
    /// That it must be copied now.
    pub warning: &'static str,
    /// What else there is to know.
    pub note: Option<String>,
}

/// The new key on show, in context, in memory alone. It belongs to no page: neither the
/// way back nor the end of the session takes it away before it has been saved.
#[derive(Clone, Copy)]
pub struct CreatedKeyState {
    shown: RwSignal<Option<ShownKey>>,
    saved: RwSignal<bool>,
    /// Counts the attempts to leave without the key.
    nudges: RwSignal<u32>,
}

impl CreatedKeyState {
    /// Puts it into context, with nothing to show.
    pub fn provide() {
        provide_context(Self {
            shown: RwSignal::new(None),
            saved: RwSignal::new(false),
            nudges: RwSignal::new(0),
        });
    }

    /// The key on show from context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Shows a new key.
    pub fn show(self, fresh: ShownKey) {
        self.saved.set(false);
        self.nudges.set(0);
        self.shown.set(Some(fresh));
    }

    /// What is on show, tracked.
    pub fn shown(self) -> Option<ShownKey> {
        self.shown.get()
    }

    /// Whether anything is.
    pub fn is_shown(self) -> Signal<bool> {
        Signal::derive(move || self.shown.with(Option::is_some))
    }

    /// What has just been done, tracked.
    pub fn title(self) -> &'static str {
        self.shown
            .with(|shown| shown.as_ref().map_or("", |fresh| fresh.title))
    }

    /// Takes note that the key has been copied or saved.
    pub fn note_saved(self) {
        self.saved.set(true);
    }

    /// Whether it has been, tracked.
    pub fn is_saved(self) -> bool {
        self.saved.get()
    }

    /// Whether closing now would lose it.
    pub fn is_unsaved(self) -> bool {
        self.shown.with_untracked(Option::is_some) && !self.saved.get_untracked()
    }

    /// Whether someone has tried to leave without it, tracked.
    pub fn is_nudged(self) -> bool {
        self.nudges.get() > 0 && !self.saved.get()
    }

    /// Says why the dialog does not close yet.
    pub fn warn_unsaved(self) {
        self.nudges.update(|nudges| *nudges += 1);
    }

    /// Forgets the key.
    pub fn close(self) {
        self.shown.set(None);
    }
}
