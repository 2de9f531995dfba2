//! Placeholders for data that is loading.

use leptos::prelude::*;

/// Placeholder of a list of cards.
#[component]
pub fn CardSkeletons() -> impl IntoView {
    view! {
        <div class="skeletons" role="status">
            <span class="visually-hidden">"Loading…"</span>
            <div class="skeleton skeleton--card"></div>
            <div class="skeleton skeleton--card"></div>
            <div class="skeleton skeleton--card"></div>
        </div>
    }
}

/// Placeholder of a page.
#[component]
pub fn PageSkeleton() -> impl IntoView {
    view! {
        <h1 class="visually-hidden">"Loading…"</h1>
        <div class="skeleton skeleton--title"></div>
        <CardSkeletons />
    }
}
