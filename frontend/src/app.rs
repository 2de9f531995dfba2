//! The root component: shared state, and THE route table.

use crate::{
    components::{sudo_dialog::SudoDialog, toaster::Toaster},
    layout::{guard::Guard, shell::Shell},
    logic::next_path::HOME,
    pages::{
        api_key_manager::APIKeyManager, error_catalogue::ErrorCatalogue, login::Login,
        not_found::NotFound, setup::Setup,
    },
    state::{self, title::set_title},
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    components::{Outlet, ParentRoute, Redirect, Route, Router, Routes},
    path,
};
use shared::role::Role;

/// The dashboard.
#[component]
pub fn App() -> impl IntoView {
    state::provide();
    view! {
        <Router>
            <Routes fallback=NotFoundOutside>
                <Route path=path!("/") view=ToHome />
                <Route path=path!("/login") view=Login />
                <Route path=path!("/setup") view=Setup />
                <ParentRoute path=path!("/dashboard") view=Shell>
                    <Route path=path!("") view=ToHome />
                    <Route path=path!("/settings") view=ToHome />
                    <ParentRoute path=path!("/settings/developers") view=Outlet>
                        <Route path=path!("") view=ToHome />
                        <Route path=path!("/keys") view=Keys />
                        <Route path=path!("/docs/errors") view=ErrorCatalogue />
                        <Route path=path!("/*any") view=NotFound />
                    </ParentRoute>
                    <Route path=path!("/*any") view=NotFound />
                </ParentRoute>
            </Routes>
        </Router>
        <SudoDialog />
        <Toaster />
    }
}

/// The not-found page without the settings layout around it.
#[component]
fn NotFoundOutside() -> impl IntoView {
    view! {
        <main class="not-found" id="main">
            <NotFound />
        </main>
    }
}

#[component]
fn Keys() -> impl IntoView {
    set_title("API Keys");
    view! {
        <Guard role=Role::Developer>
            <APIKeyManager />
        </Guard>
    }
}

#[component]
fn ToHome() -> impl IntoView {
    let options = NavigateOptions {
        replace: true,
        ..NavigateOptions::default()
    };
    view! { <Redirect path=HOME options /> }
}
