//! Sidebar, and the drawer that replaces it on a phone.

use super::nav::Nav;
use crate::{
    state::sidebar::SidebarState,
    ui::{
        dialog::{Dialog, DialogSize},
        icon::{Icon, IconKind},
        logo::Logo,
        theme_switch::ThemeSwitch,
    },
};
use leptos::prelude::*;
use leptos_router::components::A;

/// Navigation at the left edge; collapses to its icons.
#[component]
pub fn Sidebar() -> impl IntoView {
    let sidebar = SidebarState::expect();
    let label = move || {
        if sidebar.is_collapsed() {
            "Expand sidebar"
        } else {
            "Collapse sidebar"
        }
    };
    let icon = Signal::derive(move || {
        if sidebar.is_collapsed() {
            IconKind::PanelOpen
        } else {
            IconKind::PanelClose
        }
    });
    view! {
        <aside class="sidebar" aria-label="Sidebar">
            <A href="/" attr:class="sidebar__brand" attr:aria-label="PenguinMails">
                <Logo />
            </A>
            <Nav />
            <button
                type="button"
                class="nav__link sidebar__fold"
                aria-expanded=move || (!sidebar.is_collapsed()).to_string()
                aria-label=label
                title=label
                on:click=move |_| sidebar.toggle()
            >
                <Icon kind=icon />
                <span class="nav__label">"Collapse"</span>
            </button>
        </aside>
    }
}

/// Navigation on a phone.
#[component]
pub fn Drawer() -> impl IntoView {
    let sidebar = SidebarState::expect();
    view! {
        <Dialog
            open=sidebar.drawer_open
            title="Navigation"
            on_dismiss=move || sidebar.drawer_open.set(false)
            size=DialogSize::Drawer
        >
            <Nav />
            <div class="drawer__foot">
                <ThemeSwitch />
            </div>
        </Dialog>
    }
}
