use crate::ui::inline_code::{Piece, pieces};
use leptos::prelude::*;

/// Renders text, with the parts between backticks as code.
#[component]
pub fn Sentence(
    /// Text with code between backticks.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    pieces(&text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned().into_any(),
            Piece::Code(code) => view! { <code class="code">{code.to_owned()}</code> }.into_any(),
        })
        .collect_view()
}
