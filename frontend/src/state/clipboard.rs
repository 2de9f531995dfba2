//! Access to the clipboard, which a browser may refuse.

use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlElement;

/// Copies `text` to the clipboard. Returns `true` on success.
pub async fn copy(text: &str) -> bool {
    let navigator = window().navigator();
    // Undefined in insecure contexts, such as HTTP from another machine.
    let clipboard = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard"));
    if !clipboard.is_ok_and(|clipboard| clipboard.is_object()) {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text))
        .await
        .is_ok()
}

/// Selects the text of `element`, so that the user can copy it manually.
pub fn select_text(element: &HtmlElement) {
    if let Ok(Some(selection)) = window().get_selection() {
        selection.select_all_children(element).ok();
    }
}
