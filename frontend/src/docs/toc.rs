//! What is on a page: a list that leads to its sections, and the sections' anchors.

use crate::{
    docs::logic::guide::Heading,
    state::session::Session,
    ui::icon::{Icon, IconKind},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The list of a page's sections.
#[component]
pub fn Toc(
    /// The headings of the page.
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

/// A heading with a link to itself.
#[component]
pub fn AnchoredHeading(
    /// The heading.
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

/// Goes to the section that the address names, once the page has it. To be called where
/// what has the sections in it is drawn.
pub fn follow_anchor() {
    let location = use_location();
    let loading = Session::expect().is_loading();
    Effect::new(move || {
        let anchor = location.hash.get();
        // The sidebar goes when nobody turns out to be signed in, and all moves.
        loading.get();
        let anchor = anchor.trim_start_matches('#').to_owned();
        request_animation_frame(move || {
            if let Some(section) = document().get_element_by_id(&anchor) {
                section.scroll_into_view();
            }
        });
    });
}
