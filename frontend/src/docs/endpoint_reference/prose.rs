//! Descriptions of the document: paragraphs with code between backticks.

use crate::ui::sentence::Sentence;
use leptos::prelude::*;

/// A description.
#[component]
pub fn Prose(
    /// Its text; paragraphs are parted by empty lines.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let paragraphs = text.split("\n\n").filter(|text| !text.trim().is_empty());
    paragraphs
        .map(|paragraph| view! { <p><Sentence text=paragraph /></p> })
        .collect_view()
}
