//! Whether the sidebar is folded to its icons, and whether the phone's drawer is open.

use super::storage;
use leptos::prelude::*;

const STORAGE_KEY: &str = "sidebar";

/// The sidebar, in context.
#[derive(Clone, Copy)]
pub struct SidebarState {
    collapsed: RwSignal<bool>,
    /// Whether the drawer is open that takes its place on a phone.
    pub drawer_open: RwSignal<bool>,
}

impl SidebarState {
    /// Reads the stored choice and puts it into context.
    pub fn provide() {
        let collapsed = storage::get(STORAGE_KEY).as_deref() == Some("collapsed");
        provide_context(Self {
            collapsed: RwSignal::new(collapsed),
            drawer_open: RwSignal::new(false),
        });
    }

    /// The sidebar from context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Whether it is folded, tracked.
    pub fn is_collapsed(self) -> bool {
        self.collapsed.get()
    }

    /// Folds or unfolds it, and remembers that.
    pub fn toggle(self) {
        let collapsed = !self.collapsed.get_untracked();
        storage::set(STORAGE_KEY, if collapsed { "collapsed" } else { "open" });
        self.collapsed.set(collapsed);
    }
}
