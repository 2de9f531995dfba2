//! What stands in for data that is on its way.

use leptos::prelude::*;

/// The outline of a list of cards that is on its way.
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

/// The outline of a page that is on its way.
#[component]
pub fn PageSkeleton() -> impl IntoView {
    view! {
        <h1 class="visually-hidden">"Loading…"</h1>
        <div class="skeleton skeleton--title"></div>
        <CardSkeletons />
    }
}
