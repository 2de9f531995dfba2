//! Anchors of sections and fields.

use crate::state::{served_page, session::Session};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Scrolls and moves the focus to the section named by the URL fragment, once the page is rendered. Must be called
/// in the component that renders the sections.
pub fn follow_anchor() {
    let location = use_location();
    let loading = Session::expect().is_loading();
    // The browser has scrolled the served page already, and the reader perhaps since then.
    let was_served =
        served_page::has_section(location.hash.get_untracked().trim_start_matches('#'));
    Effect::new(move |last: Option<String>| {
        let anchor = location.hash.get();
        // The sidebar disappears if the user turns out to be signed out, which moves the page.
        loading.get();
        let anchor = anchor.trim_start_matches('#').to_owned();
        if was_served && last.as_ref().is_none_or(|last| *last == anchor) {
            return anchor;
        }
        let id = anchor.clone();
        request_animation_frame(move || {
            if let Some(section) = document().get_element_by_id(&id) {
                reveal(&section);
                section.scroll_into_view();
                move_focus(&section);
            }
        });
        anchor
    });
}

/// Opens the `<details>` around an element.
fn reveal(element: &Element) {
    let mut above = element.parent_element();
    while let Some(element) = above {
        if let Some(details) = element.dyn_ref::<web_sys::HtmlDetailsElement>() {
            details.set_open(true);
        }
        above = element.parent_element();
    }
}

/// Moves the focus, so that the keyboard and screen readers continue at the section.
fn move_focus(section: &Element) {
    let Some(section) = section.dyn_ref::<HtmlElement>() else {
        return;
    };
    if !section.has_attribute("tabindex") {
        section.set_tab_index(-1);
    }
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    section.focus_with_options(&options).ok();
}
