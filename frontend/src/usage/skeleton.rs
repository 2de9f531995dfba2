//! The outline of the page while its first numbers are on their way.

use leptos::prelude::*;

/// The outline.
#[component]
pub fn Skeleton() -> impl IntoView {
    view! {
        <div class="usage" role="status">
            <span class="visually-hidden">"Loading…"</span>
            <div class="metrics">
                <div class="skeleton skeleton--metric"></div>
                <div class="skeleton skeleton--metric"></div>
                <div class="skeleton skeleton--metric"></div>
                <div class="skeleton skeleton--metric"></div>
            </div>
            <div class="skeleton skeleton--chart"></div>
            <div class="skeleton skeleton--table"></div>
        </div>
    }
}
