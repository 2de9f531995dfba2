//! Redirects for the documentation URLs that the rest of the product links to.

use crate::pages::not_found::NotFound;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::Redirect, hooks::use_location};
use shared::docs::legacy_link;

/// Redirects a legacy documentation URL to its page; unknown URLs get the "not found" page.
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
