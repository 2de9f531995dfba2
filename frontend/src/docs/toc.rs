//! The table of contents of a page, and the anchors of its sections.

use crate::{
    docs::logic::guide::Heading,
    state::session::Session,
    ui::icon::{Icon, IconKind},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The table of contents.
#[component]
pub fn Toc(
    /// Headings of the page, in order.
    headings: Vec<Heading>,
) -> impl IntoView {
    let items = headings
        .into_iter()
        .map(|heading| {
            let is_part = heading.level > 2;
            view! {
                <li class:is-part=is_part>
                    <a href=format!("#{}", heading.id)>{heading.text}</a>
                </li>
            }
        })
        .collect_view();
    view! {
        <nav class="toc" aria-labelledby="toc-title">
            <p class="toc__title" id="toc-title">
                "On this page"
            </p>
            <ul role="list">{items}</ul>
        </nav>
    }
}

/// A heading that links to itself.
#[component]
pub fn AnchoredHeading(
    /// Its level decides between `<h2>` and `<h3>`.
    heading: Heading,
) -> impl IntoView {
    let Heading { level, id, text } = heading;
    let link = view! {
        <a class="anchor" href=format!("#{id}") aria-label=format!("Link to “{text}”")>
            <Icon kind=IconKind::Link />
        </a>
    };
    match level {
        2 => view! { <h2 id=id>{text} {link}</h2> }.into_any(),
        _ => view! { <h3 id=id>{text} {link}</h3> }.into_any(),
    }
}

/// Scrolls to the section named by the URL fragment, once the page is rendered. Must be called
/// where the sections are rendered.
pub fn follow_anchor() {
    let location = use_location();
    let loading = Session::expect().is_loading();
    Effect::new(move || {
        let anchor = location.hash.get();
        // The sidebar disappears if the user turns out to be signed out, which moves the page.
        loading.get();
        let anchor = anchor.trim_start_matches('#').to_owned();
        request_animation_frame(move || {
            if let Some(section) = document().get_element_by_id(&anchor) {
                section.scroll_into_view();
            }
        });
    });
}
