//! Links from one page of the documentation to the next.

use crate::ui::icon::{Icon, IconKind};
use leptos::prelude::*;
use leptos_router::components::A;
use shared::docs::navigation::{Entry, Part, neighbours};

/// Links to the previous and the next page.
#[component]
pub fn Neighbours(
    /// All pages, in order.
    parts: Memo<Vec<Part>>,
    /// Path of the current page.
    path: Memo<String>,
) -> impl IntoView {
    let both = Memo::new(move |_| parts.with(|parts| path.with(|path| neighbours(parts, path))));
    let link = |entry: Entry, direction: &'static str| {
        let is_next = direction == "Next";
        let class = if is_next {
            "neighbour neighbour--next"
        } else {
            "neighbour"
        };
        view! {
            <A href=entry.path attr:class=class attr:rel=if is_next { "next" } else { "prev" }>
                <span class="neighbour__direction">
                    {(!is_next).then(|| view! { <Icon kind=IconKind::ArrowLeft /> })}
                    {direction}
                    {is_next.then(|| view! { <Icon kind=IconKind::ArrowRight /> })}
                </span>
                <span class="neighbour__label">{entry.label}</span>
            </A>
        }
    };
    move || {
        let (previous, next) = both.get();
        let is_alone = previous.is_none() && next.is_none();
        (!is_alone).then(|| {
            view! {
                <nav class="neighbours" aria-label="Previous and next page">
                    {previous.map(|entry| link(entry, "Previous"))}
                    {next.map(|entry| link(entry, "Next"))}
                </nav>
            }
        })
    }
}
