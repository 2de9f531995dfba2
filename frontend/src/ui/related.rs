//! Links at the end of a page.

use leptos::prelude::*;
use leptos_router::components::A;

/// Links to related documentation.
#[component]
pub fn Related(
    /// Labels and paths.
    links: Vec<(&'static str, String)>,
) -> impl IntoView {
    view! {
        <section class="related" aria-labelledby="related-documentation">
            <h2 class="section__title" id="related-documentation">
                "Related Documentation"
            </h2>
            <ul class="link-list" role="list">
                {links
                    .into_iter()
                    .map(|(label, path)| {
                        view! {
                            <li>
                                <A href=path>{label}</A>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </section>
    }
}
