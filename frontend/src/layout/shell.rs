//! The settings layout: sidebar, top bar, page.

use super::{
    sidebar::{Drawer, Sidebar},
    topbar::Topbar,
};
use crate::{
    command_palette::{CommandPalette, shortcuts::Shortcuts},
    keys::key_generation_modal::KeyGenerationModal,
    state::{session::Session, sidebar::SidebarState, title::PageTitle},
};
use leptos::prelude::*;
use leptos_router::components::Outlet;
use shared::role::Role;

/// The layout around the settings pages. Visitors, who can read the
/// documentation only, get it without the sidebar.
#[component]
pub fn Shell() -> impl IntoView {
    let session = Session::expect();
    let (signed_in, loading) = (session.is_signed_in(), session.is_loading());
    // Most who come here are signed in: for them nothing moves when the answer comes.
    let has_sidebar = Memo::new(move |_| signed_in.get() || loading.get());
    let sidebar = SidebarState::expect();
    let title = PageTitle::expect();
    view! {
        <a class="skip-link" href="#main">
            "Skip to content"
        </a>
        <div
            class="shell"
            class:has-sidebar=has_sidebar
            class:is-collapsed=move || sidebar.is_collapsed()
        >
            <Show when=move || has_sidebar.get()>
                <Sidebar />
                <Drawer />
            </Show>
            <div class="shell__column">
                <Topbar />
                <main class="shell__main" id="main" tabindex="-1">
                    <Outlet />
                </main>
            </div>
        </div>
        <Show when=move || signed_in.get()>
            <Overlaid />
        </Show>
        // Tells screen readers that another page has come.
        <div class="visually-hidden" aria-live="polite">
            {move || title.get()}
        </div>
    }
}

/// What opens above any page.
#[component]
fn Overlaid() -> impl IntoView {
    let session = Session::expect();
    let creates_keys = Memo::new(move |_| session.role() >= Role::Developer);
    view! {
        <CommandPalette />
        <Shortcuts />
        <Show when=move || creates_keys.get()>
            <KeyGenerationModal />
        </Show>
    }
}
