//! Descriptions from the OpenAPI document: paragraphs with code between backticks.

use crate::ui::sentence::Sentence;
use leptos::prelude::*;

/// A description, one `<p>` per paragraph.
#[component]
pub fn Prose(
    /// Paragraphs are separated by blank lines.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let paragraphs = text.split("\n\n").filter(|text| !text.trim().is_empty());
    paragraphs
        .map(|paragraph| view! { <p><Sentence text=paragraph /></p> })
        .collect_view()
}
