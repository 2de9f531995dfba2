use leptos::{
    html::{ElementType, Form},
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Focuses the first element inside `root` that matches `selector`, after the next render.
pub fn focus_within<E>(root: NodeRef<E>, selector: &'static str)
where
    E: ElementType + 'static,
    E::Output: JsCast + Clone + AsRef<Element> + 'static,
{
    request_animation_frame(move || {
        let Some(root) = root.try_get_untracked().flatten() else {
            return;
        };
        let root: &Element = root.as_ref();
        let found = root.query_selector(selector).ok().flatten();
        if let Some(element) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
            element.focus().ok();
        }
    });
}

/// Focuses an element after the next render.
pub fn focus_soon<E>(node: NodeRef<E>)
where
    E: ElementType + 'static,
    E::Output: JsCast + Clone + AsRef<HtmlElement> + 'static,
{
    request_animation_frame(move || {
        if let Some(element) = node.try_get_untracked().flatten() {
            let element: &HtmlElement = element.as_ref();
            element.focus().ok();
        }
    });
}

/// Focuses the first invalid field of a form, after the next render.
pub fn focus_first_invalid(form: NodeRef<Form>) {
    focus_within(form, "[aria-invalid=true]");
}
