//! The addresses that documentation of the wider product uses for these pages.

use crate::pages::not_found::NotFound;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::Redirect, hooks::use_location};
use shared::docs::legacy_link;

/// Leads on to the page here that such an address stands for.
#[component]
pub fn LegacyLink() -> impl IntoView {
    let location = use_location();
    let (path, hash) = (
        location.pathname.get_untracked(),
        location.hash.get_untracked(),
    );
    let target = legacy_link(&format!("{path}{hash}")).or_else(|| legacy_link(&path));
    let options = NavigateOptions {
        replace: true,
        ..NavigateOptions::default()
    };
    match target {
        Some(target) => view! { <Redirect path=target options /> }.into_any(),
        None => view! {
            <main class="not-found" id="main">
                <NotFound />
            </main>
        }
        .into_any(),
    }
}
