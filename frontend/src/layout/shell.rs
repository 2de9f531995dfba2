//! Dashboard layout: sidebar, top bar and page.

use super::{
    sidebar::{Drawer, Sidebar},
    topbar::Topbar,
};
use crate::{
    command_palette::{CommandPalette, shortcuts::Shortcuts},
    keys::key_generation_modal::KeyGenerationModal,
    state::{session::Session, sidebar::SidebarState, title::PageTitle},
};
use leptos::{ev, html, prelude::*};
use leptos_router::components::Outlet;
use shared::role::Role;

/// Layout of the dashboard pages. Without a sidebar for visitors, who can only read the
/// documentation.
#[component]
pub fn Shell() -> impl IntoView {
    let session = Session::expect();
    let (signed_in, loading) = (session.is_signed_in(), session.is_loading());
    // Shown while loading: most users are signed in, so nothing shifts.
    let has_sidebar = Memo::new(move |_| signed_in.get() || loading.get());
    let sidebar = SidebarState::expect();
    let title = PageTitle::expect();
    let main = NodeRef::<html::Main>::new();
    // The router would only scroll.
    let skip = move |event: ev::MouseEvent| {
        event.prevent_default();
        if let Some(main) = main.get_untracked() {
            main.focus().ok();
        }
    };
    view! {
        <a class="skip-link" href="#main" on:click=skip>
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
                <main node_ref=main class="shell__main" id="main" tabindex="-1">
                    <Outlet />
                </main>
            </div>
        </div>
        <Show when=move || signed_in.get()>
            <Overlaid />
        </Show>
        // Announces page changes to screen readers.
        <div class="visually-hidden" aria-live="polite">
            {move || title.get()}
        </div>
    }
}

/// Overlays available on every page.
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
