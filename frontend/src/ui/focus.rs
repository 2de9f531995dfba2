//! Moving the focus to what has just been drawn.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Moves the focus to the first element that matches, once the page shows it.
pub fn focus_soon(selector: &'static str) {
    request_animation_frame(move || {
        if let Ok(Some(element)) = document().query_selector(selector)
            && let Ok(element) = element.dyn_into::<web_sys::HtmlElement>()
        {
            element.focus().ok();
        }
    });
}
