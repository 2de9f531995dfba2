//! Arrow key navigation between the check boxes, so that users don't have to tab through the
//! endpoints of each permission.

use crate::ui::selection::step_selection;
use leptos::ev;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Moves the focus to the next, previous, first or last check box of the matrix.
pub fn move_focus(event: &ev::KeyboardEvent) {
    let Some(from) = event.target().and_then(|target| target.dyn_into().ok()) else {
        return;
    };
    let boxes = boxes_around(&from);
    let Some(at) = boxes.iter().position(|item| item.is_same_node(Some(&from))) else {
        return;
    };
    let to = match event.key().as_str() {
        "ArrowDown" => step_selection(at, 1, boxes.len()),
        "ArrowUp" => step_selection(at, -1, boxes.len()),
        "Home" => 0,
        "End" => boxes.len() - 1,
        _ => return,
    };
    event.prevent_default();
    if let Some(item) = boxes.get(to) {
        item.focus().ok();
    }
}

/// Returns the focusable check boxes of the matrix that contains `element`.
fn boxes_around(element: &Element) -> Vec<HtmlElement> {
    let matrix = element.closest(".matrix").ok().flatten();
    let boxes = matrix.and_then(|matrix| {
        matrix
            .query_selector_all("input[type=checkbox]:enabled")
            .ok()
    });
    let Some(boxes) = boxes else {
        return Vec::new();
    };
    (0..boxes.length())
        .filter_map(|index| boxes.get(index)?.dyn_into::<HtmlElement>().ok())
        // Check boxes of a collapsed group have no layout box.
        .filter(|item| item.offset_parent().is_some())
        .collect()
}
