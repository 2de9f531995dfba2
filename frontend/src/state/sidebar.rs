//! State of the sidebar, and of the drawer on a phone.

use super::storage;
use leptos::prelude::*;

const STORAGE_KEY: &str = "sidebar";

/// State of the sidebar, in context.
#[derive(Clone, Copy)]
pub struct SidebarState {
    collapsed: RwSignal<bool>,
    /// Set while the drawer is open, which replaces the sidebar on a phone.
    pub drawer_open: RwSignal<bool>,
}

impl SidebarState {
    /// Loads the stored choice and provides it as context.
    pub fn provide() {
        let collapsed = storage::get(STORAGE_KEY).as_deref() == Some("collapsed");
        provide_context(Self {
            collapsed: RwSignal::new(collapsed),
            drawer_open: RwSignal::new(false),
        });
    }

    pub fn expect() -> Self {
        expect_context()
    }

    /// Returns `true` while the sidebar is collapsed to its icons. Tracked.
    pub fn is_collapsed(self) -> bool {
        self.collapsed.get()
    }

    /// Collapses or expands the sidebar, and stores the choice.
    pub fn toggle(self) {
        let collapsed = !self.collapsed.get_untracked();
        storage::set(STORAGE_KEY, if collapsed { "collapsed" } else { "open" });
        self.collapsed.set(collapsed);
    }
}
