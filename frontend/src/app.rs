//! Root component: the routes and the shared state.

use crate::{
    chunks::{ACCOUNT, AccountView, DOCS, DocsView, KEYS, KeysView, USAGE, UsageView},
    docs::code_language::CodeLanguage,
    keys::{
        created_key::CreatedKeyDialog, created_key_state::CreatedKeyState, creation::KeyCreation,
    },
    layout::{guard::Guard, shell::Shell},
    logic::next_path::HOME,
    overview::DeveloperOverview,
    pages::{login::Login, not_found::NotFound},
    state::{
        clock::Clock,
        live::Live,
        network::Network,
        overlays::Overlays,
        served_page,
        session::Session,
        sidebar::SidebarState,
        sudo::Sudo,
        theme::ThemeState,
        title::{PageTitle, set_title},
        toasts::Toasts,
    },
    ui::{skeletons::PageSkeleton, sudo_dialog::SudoDialog, toaster::Toaster},
    usage::time_zone::ZoneState,
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    components::{Outlet, ParentRoute, Redirect, Route, Router, Routes},
    hooks::use_location,
    path,
};
use shared::role::Role;

/// Provides the shared state as context.
fn provide_state() {
    Clock::provide();
    CodeLanguage::provide();
    let session = Session::provide();
    Sudo::provide(session);
    KeyCreation::provide(session);
    CreatedKeyState::provide();
    ThemeState::provide();
    ZoneState::provide();
    SidebarState::provide();
    PageTitle::provide();
    Toasts::provide();
    Overlays::provide();
    let network = Network::provide();
    Live::provide(session, network);
}

#[component]
pub fn App() -> impl IntoView {
    provide_state();
    view! {
        <Router>
            <ServedPage />
            <Routes fallback=NotFoundOutside>
                <Route path=path!("/") view=ToHome />
                <Route path=path!("/login") view=Login />
                <Route path=path!("/setup") view=|| ACCOUNT.view(AccountView::Setup, PageSkeleton) />
                <Route path=path!("/docs/*any") view=|| docs(DocsView::LegacyLink) />
                <Route path=path!("/user-journeys/*any") view=|| docs(DocsView::LegacyLink) />
                <ParentRoute path=path!("/dashboard") view=Shell>
                    <Route path=path!("") view=ToHome />
                    <Route path=path!("/settings") view=ToHome />
                    <ParentRoute path=path!("/settings/developers") view=Outlet>
                        <Route path=path!("") view=page("Overview", DeveloperOverview) />
                        <Route path=path!("/keys") view=page("API Keys", || KEYS.view(KeysView::Manager, PageSkeleton)) />
                        <Route path=path!("/usage") view=page("Usage Analytics", || USAGE.view(UsageView, PageSkeleton)) />
                        <Route path=path!("/webhooks") view=page("Webhooks", || ACCOUNT.view(AccountView::Webhooks, PageSkeleton)) />
                        <ParentRoute path=path!("/docs") view=|| docs(DocsView::Browser)>
                            <Route path=path!("") view=guarded(|| docs(DocsView::Landing)) />
                            <Route path=path!("/guides/:slug") view=guarded(|| docs(DocsView::Guide)) />
                            <Route path=path!("/endpoints/:group") view=guarded(|| docs(DocsView::Group)) />
                            <Route
                                path=path!("/endpoints/:group/:operation")
                                view=guarded(|| docs(DocsView::Endpoint))
                            />
                            <Route path=path!("/errors") view=|| docs(DocsView::Errors) />
                            <Route path=path!("/changelog") view=guarded(|| docs(DocsView::Guide)) />
                            <Route path=path!("/*any") view=NotFound />
                        </ParentRoute>
                        <Route path=path!("/*any") view=NotFound />
                    </ParentRoute>
                    <Route path=path!("/settings/billing") view=page("Billing", || ACCOUNT.view(AccountView::Billing, PageSkeleton)) />
                    <Route path=path!("/settings/account") view=account />
                    <Route
                        path=path!("/settings/integrations/esp/webhooks")
                        view=page("ESP webhooks", || ACCOUNT.view(AccountView::EspWebhooks, PageSkeleton))
                    />
                    <Route path=path!("/*any") view=NotFound />
                </ParentRoute>
            </Routes>
        </Router>
        <CreatedKeyDialog />
        <SudoDialog />
        <Toaster />
    }
}

/// Removes the served page when another page is opened while the program was loading its own.
#[component]
fn ServedPage() -> impl IntoView {
    let pathname = use_location().pathname;
    Effect::new(move |first: Option<String>| {
        let path = pathname.get();
        if first.as_ref().is_some_and(|first| *first != path) {
            served_page::remove();
        }
        first.unwrap_or(path)
    });
}

/// Not-found page without the dashboard layout.
#[component]
fn NotFoundOutside() -> impl IntoView {
    view! {
        <main class="not-found" id="main">
            <NotFound />
        </main>
    }
}

/// Wraps a page with a title and access for Developers and above.
fn page<V: IntoView + 'static>(
    title: &'static str,
    page: fn() -> V,
) -> impl Fn() -> AnyView + Clone + Send + Sync + 'static {
    let page = guarded(page);
    move || {
        set_title(title);
        page()
    }
}

/// Like [`page`], for a page that sets its own title.
fn guarded<V: IntoView + 'static>(
    page: fn() -> V,
) -> impl Fn() -> AnyView + Clone + Send + Sync + 'static {
    move || view! { <Guard role=Role::Developer>{page()}</Guard> }.into_any()
}

/// Account page, accessible to all roles.
fn account() -> AnyView {
    set_title("Your account");
    let page = || ACCOUNT.view(AccountView::Account, PageSkeleton);
    view! { <Guard role=Role::Member>{page()}</Guard> }.into_any()
}

/// Page of the documentation, which sets its own title once it is loaded.
fn docs(view: DocsView) -> AnyView {
    set_title("Documentation");
    DOCS.view(view, PageSkeleton)
}

#[component]
fn ToHome() -> impl IntoView {
    let options = NavigateOptions {
        replace: true,
        ..NavigateOptions::default()
    };
    view! { <Redirect path=HOME options /> }
}
