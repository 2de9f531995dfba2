//! Overlays available on every page: the command palette and the list of shortcuts.

use super::storage;
use leptos::prelude::*;

const STORAGE_KEY: &str = "shortcuts";

/// State of the overlays, in context.
#[derive(Clone, Copy)]
pub struct Overlays {
    pub palette: RwSignal<bool>,
    pub shortcuts: RwSignal<bool>,
    single_keys: RwSignal<bool>,
}

impl Overlays {
    /// Provides the overlays as context, all closed.
    pub fn provide() {
        let closed = || RwSignal::new(false);
        provide_context(Self {
            palette: closed(),
            shortcuts: closed(),
            single_keys: RwSignal::new(storage::get(STORAGE_KEY).as_deref() != Some("off")),
        });
    }

    pub fn expect() -> Self {
        expect_context()
    }

    /// Returns `true` if single-key shortcuts are enabled. Tracked. Users of speech input, or who
    /// press keys by accident, must be able to turn them off (WCAG 2.1.4).
    pub fn has_single_keys(self) -> bool {
        self.single_keys.get()
    }

    /// Returns `true` if single-key shortcuts are enabled. Not tracked.
    pub fn has_single_keys_now(self) -> bool {
        self.single_keys.get_untracked()
    }

    /// Enables or disables single-key shortcuts, and stores the choice.
    pub fn set_single_keys(self, on: bool) {
        storage::set(STORAGE_KEY, if on { "on" } else { "off" });
        self.single_keys.set(on);
    }

    /// Returns `true` while a dialog is open.
    pub fn is_any_dialog_open() -> bool {
        let open = document().query_selector("dialog[open]");
        open.is_ok_and(|dialog| dialog.is_some())
    }
}

/// Returns the modifier that opens the command palette with K on this platform.
pub fn command_key() -> &'static str {
    let platform = window().navigator().platform().unwrap_or_default();
    if platform.starts_with("Mac") || platform.starts_with("iP") {
        "⌘"
    } else {
        "Ctrl"
    }
}
