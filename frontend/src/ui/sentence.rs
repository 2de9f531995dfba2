//! A sentence with pieces of code in it.

use crate::ui::inline_code::{Piece, pieces};
use leptos::prelude::*;

/// Draws what stands between backticks as code.
#[component]
pub fn Sentence(
    /// The sentence.
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
