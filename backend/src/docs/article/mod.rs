//! Articles: guides and operations as HTML. The server puts them into the page that it sends, and
//! the dashboard fetches the same HTML when the user moves on to another page.
//!
//! They can be read without a program: tabs and copy buttons work once the dashboard is loaded
//! (`frontend/src/docs/article.rs`), which recognizes them by their `data-` attributes.

mod code;
mod fields;
mod frame;
mod guide;
mod operation;

pub use frame::{frame, title};
pub use guide::guide;
pub use operation::operation;

use maud::{Markup, html};

/// Renders text with code between backticks.
fn sentence(text: &str) -> Markup {
    html! {
        @for (index, piece) in text.split('`').enumerate() {
            @if index % 2 == 1 { code.code { (piece) } } @else { (piece) }
        }
    }
}

/// Renders paragraphs, which are separated by blank lines.
fn paragraphs(text: &str) -> Markup {
    html! {
        @for paragraph in text.split("\n\n").filter(|text| !text.trim().is_empty()) {
            p { (sentence(paragraph)) }
        }
    }
}

/// Renders the buttons for the page as Markdown. The address is the page's own plus `.md`.
fn markdown_links(path: &str) -> Markup {
    let address = format!("{path}.md");
    html! {
        p.article-tools {
            button.article-tools__copy type="button" data-copy-page=(address) {
                "Copy page as Markdown"
            }
            a href=(address) rel="external" { "View as Markdown" }
        }
    }
}
