//! The navigation: THE list of pages that the sidebar and the drawer show.

use crate::{
    components::icon::{Icon, IconKind},
    state::{session::Session, sidebar::SidebarState},
};
use leptos::prelude::*;
use leptos_router::components::A;
use shared::role::Role;

/// An entry of the navigation.
struct NavItem {
    label: &'static str,
    path: &'static str,
    icon: IconKind,
    /// The weakest role that sees it; `None` for everyone, signed in or not.
    role: Option<Role>,
}

const ITEMS: [NavItem; 2] = [
    NavItem {
        label: "API Keys",
        path: "/dashboard/settings/developers/keys",
        icon: IconKind::Key,
        role: Some(Role::Developer),
    },
    NavItem {
        label: "Error codes",
        path: "/dashboard/settings/developers/docs/errors",
        icon: IconKind::Book,
        role: None,
    },
];

/// The pages that the user may see.
#[component]
pub fn Nav() -> impl IntoView {
    let session = Session::expect();
    let loading = session.is_loading();
    let sidebar = SidebarState::expect();
    let item = move |item: &'static NavItem| {
        let visible = move || loading.get() || item.role.is_none_or(|role| session.role() >= role);
        view! {
            <Show when=visible>
                <li>
                    <A
                        href=item.path
                        attr:class="nav__link"
                        attr:title=item.label
                        on:click=move |_| sidebar.drawer_open.set(false)
                    >
                        <Icon kind=item.icon />
                        <span class="nav__label">{item.label}</span>
                    </A>
                </li>
            </Show>
        }
    };
    view! {
        <nav class="nav" aria-label="Settings">
            <p class="nav__heading">"Developers"</p>
            <ul role="list">{ITEMS.iter().map(item).collect_view()}</ul>
        </nav>
    }
}
