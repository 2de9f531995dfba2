use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Focuses the first element that matches `selector`, after the next render.
pub fn focus_soon(selector: &'static str) {
    request_animation_frame(move || {
        if let Ok(Some(element)) = document().query_selector(selector)
            && let Ok(element) = element.dyn_into::<web_sys::HtmlElement>()
        {
            element.focus().ok();
        }
    });
}
