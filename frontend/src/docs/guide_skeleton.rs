use leptos::prelude::*;

/// Placeholder for an article that is loading.
#[component]
pub fn GuideSkeleton() -> impl IntoView {
    view! {
        <div class="docs-skeleton">
            <div class="skeleton skeleton--title"></div>
            <div class="skeleton skeleton--line"></div>
            <div class="skeleton skeleton--line"></div>
            <div class="skeleton skeleton--line"></div>
        </div>
    }
}
