//! Bar above every page.

use super::{breadcrumbs::Breadcrumbs, user_menu::UserMenu};
use crate::{
    logic::next_path::login_with_next,
    state::{
        network::Network,
        overlays::{Overlays, command_key},
        session::{Session, SessionState},
        sidebar::SidebarState,
    },
    ui::{
        button::{ButtonLink, ButtonSize, ButtonVariant},
        icon::{Icon, IconKind},
        logo::Logo,
        theme_switch::ThemeSwitch,
    },
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_location};

/// Breadcrumbs, search, theme and account menu; for visitors a sign-in link.
#[component]
pub fn Topbar() -> impl IntoView {
    let session = Session::expect();
    let (signed_in, loading) = (session.is_signed_in(), session.is_loading());
    let (sidebar, network) = (SidebarState::expect(), Network::expect());
    let is_demo = Memo::new(move |_| session.view().is_some_and(|view| view.demo));
    let account = move || match session.state() {
        SessionState::SignedIn(view) => view! { <UserMenu view /> }.into_any(),
        SessionState::SignedOut => view! { <SignInLink /> }.into_any(),
        SessionState::Loading | SessionState::Failed(_) => ().into_any(),
    };
    view! {
        <header class="topbar">
            <Show
                when=move || signed_in.get() || loading.get()
                fallback=|| {
                    view! {
                        <A href="/" attr:class="topbar__brand" attr:aria-label="PenguinMails">
                            <Logo />
                        </A>
                    }
                }
            >
                <button
                    type="button"
                    class="icon-button topbar__menu"
                    aria-label="Open navigation"
                    on:click=move |_| sidebar.drawer_open.set(true)
                >
                    <Icon kind=IconKind::Menu />
                </button>
            </Show>
            <Breadcrumbs />
            <div class="topbar__end">
                <div role="status">
                    <Show when=move || network.is_offline()>
                        <OfflineMarker />
                    </Show>
                </div>
                // A phone has space for only one of the two markers.
                <Show when=move || is_demo.get() && !network.is_offline()>
                    <DemoMarker />
                </Show>
                <Show when=move || signed_in.get()>
                    <SearchButton />
                </Show>
                <ThemeSwitch />
                {account}
            </div>
        </header>
    }
}

/// Opens the command palette, and shows its keyboard shortcut.
#[component]
fn SearchButton() -> impl IntoView {
    let overlays = Overlays::expect();
    view! {
        <button
            type="button"
            class="search-button"
            aria-label="Search pages, actions and keys"
            aria-keyshortcuts="Control+K Meta+K"
            on:click=move |_| overlays.palette.set(true)
        >
            <Icon kind=IconKind::Search />
            <span class="search-button__label">"Search…"</span>
            <span class="search-button__keys">
                <kbd class="kbd">{command_key()}</kbd>
                <kbd class="kbd">"K"</kbd>
            </span>
        </button>
    }
}

/// Marks the data as made up.
#[component]
fn DemoMarker() -> impl IntoView {
    view! {
        <span
            class="badge badge--demo"
            title="This is a demonstration: companies, keys and figures are made up."
        >
            <Icon kind=IconKind::Flask />
            "Demo data"
        </span>
    }
}

/// Warns that the page may be out of date.
#[component]
fn OfflineMarker() -> impl IntoView {
    view! {
        <span
            class="badge badge--warning"
            title="You are offline: this page may be out of date. It is reloaded when you are back online."
        >
            <Icon kind=IconKind::Triangle />
            "Offline"
        </span>
    }
}

#[component]
fn SignInLink() -> impl IntoView {
    let location = use_location();
    view! {
        <ButtonLink
            href=Signal::derive(move || login_with_next(&location.pathname.get()))
            variant=ButtonVariant::Primary
            size=ButtonSize::Small
        >
            "Sign in"
        </ButtonLink>
    }
}
