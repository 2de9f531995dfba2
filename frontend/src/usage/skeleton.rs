use leptos::prelude::*;

/// Placeholder of the page while the first response is pending.
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
