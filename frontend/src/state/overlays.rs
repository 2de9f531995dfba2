//! What can be opened above any page: the command palette, the list of shortcuts.

use super::storage;
use leptos::prelude::*;

const STORAGE_KEY: &str = "shortcuts";

/// The overlays, in context.
#[derive(Clone, Copy)]
pub struct Overlays {
    /// Whether the command palette is open.
    pub palette: RwSignal<bool>,
    /// Whether the list of shortcuts is open.
    pub shortcuts: RwSignal<bool>,
    single_keys: RwSignal<bool>,
}

impl Overlays {
    /// Puts the overlays into context, all closed.
    pub fn provide() {
        let closed = || RwSignal::new(false);
        provide_context(Self {
            palette: closed(),
            shortcuts: closed(),
            single_keys: RwSignal::new(storage::get(STORAGE_KEY).as_deref() != Some("off")),
        });
    }

    /// The overlays from context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Whether single keys are shortcuts, tracked. Whoever talks to the computer, or
    /// hits keys by accident, must be able to switch that off.
    pub fn has_single_keys(self) -> bool {
        self.single_keys.get()
    }

    /// Whether single keys are shortcuts at this moment.
    pub fn has_single_keys_now(self) -> bool {
        self.single_keys.get_untracked()
    }

    /// Switches the single keys on or off, and remembers that.
    pub fn set_single_keys(self, on: bool) {
        storage::set(STORAGE_KEY, if on { "on" } else { "off" });
        self.single_keys.set(on);
    }

    /// Whether any dialog of the page is open.
    pub fn is_any_dialog_open() -> bool {
        let open = document().query_selector("dialog[open]");
        open.is_ok_and(|dialog| dialog.is_some())
    }
}

/// The key that opens the command palette together with K, as this system calls it.
pub fn command_key() -> &'static str {
    let platform = window().navigator().platform().unwrap_or_default();
    if platform.starts_with("Mac") || platform.starts_with("iP") {
        "⌘"
    } else {
        "Ctrl"
    }
}
