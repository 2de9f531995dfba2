//! Headings that can be linked to.

use leptos::prelude::*;

/// A heading of the second level with a link to itself.
#[component]
pub fn SectionHeading(
    /// Its anchor.
    #[prop(into)]
    id: String,
    /// The heading.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <h2 class="endpoint__heading" id=id.clone()>
            <a href=format!("#{id}")>{text}</a>
        </h2>
    }
}

/// A heading of the third level with a link to itself.
#[component]
pub fn PartHeading(
    /// Its anchor.
    #[prop(into)]
    id: String,
    /// The heading.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <h3 class="endpoint__part" id=id.clone()>
            <a href=format!("#{id}")>{text}</a>
        </h3>
    }
}
