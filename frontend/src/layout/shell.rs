//! The settings layout: sidebar, top bar, page.

use super::{
    sidebar::{Drawer, Sidebar},
    topbar::Topbar,
};
use crate::state::{session::Session, sidebar::SidebarState, title::PageTitle};
use leptos::prelude::*;
use leptos_router::components::Outlet;

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
        // Tells screen readers that another page has come.
        <div class="visually-hidden" aria-live="polite">
            {move || title.get()}
        </div>
    }
}
