//! Headings with an anchor that links can point to.

use leptos::prelude::*;

/// An `<h2>` that links to itself.
#[component]
pub fn SectionHeading(
    /// Anchor, unique on the page.
    #[prop(into)]
    id: String,
    /// Visible text of the heading.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <h2 class="endpoint__heading" id=id.clone()>
            <a href=format!("#{id}")>{text}</a>
        </h2>
    }
}

/// An `<h3>` that links to itself.
#[component]
pub fn PartHeading(
    /// Anchor, unique on the page.
    #[prop(into)]
    id: String,
    /// Visible text of the heading.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <h3 class="endpoint__part" id=id.clone()>
            <a href=format!("#{id}")>{text}</a>
        </h3>
    }
}
