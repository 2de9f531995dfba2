use leptos::{html, prelude::*};

/// Card with a heading, its region named after it.
#[component]
pub fn Panel(
    /// Element ID of the heading.
    id: &'static str,
    title: &'static str,
    /// Additional classes.
    #[prop(optional)]
    class: &'static str,
    /// Makes the heading focusable from the program.
    #[prop(optional)]
    heading: Option<NodeRef<html::H2>>,
    /// Content at the end of the heading's line.
    #[prop(into, optional)]
    actions: ViewFnOnce,
    children: Children,
) -> impl IntoView {
    let space = if class.is_empty() { "" } else { " " };
    view! {
        <section class=format!("card panel{space}{class}") aria-labelledby=id>
            <header class="panel__head">
                <h2
                    node_ref=heading.unwrap_or_default()
                    class="panel__title"
                    id=id
                    tabindex=heading.map(|_| "-1")
                >
                    {title}
                </h2>
                {actions.run()}
            </header>
            {children()}
        </section>
    }
}
