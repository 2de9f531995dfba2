use crate::docs::highlight::{Language, Part, parts};
use crate::ui::copy_button::CopyButton;
use leptos::{html, prelude::*};

/// Code block with syntax highlighting and a copy button.
#[component]
pub fn CodeSnippet(
    language: Language,
    /// Source code, highlighted and copied as is.
    #[prop(into)]
    code: String,
    /// Label of the copy button.
    #[prop(default = "Copy code")]
    label: &'static str,
    /// Accessible name of the code block.
    #[prop(into)]
    name: String,
) -> impl IntoView {
    let source = NodeRef::<html::Code>::new();
    let coloured = parts(language, &code)
        .into_iter()
        .map(|(part, text)| {
            let text = text.to_owned();
            match class(part) {
                Some(class) => view! { <span class=class>{text}</span> }.into_any(),
                None => text.into_any(),
            }
        })
        .collect_view();
    view! {
        <div class="code-snippet">
            // Focusable, so that the arrow keys can scroll long lines.
            <pre class="code-snippet__text" tabindex="0" role="region" aria-label=name>
                <code node_ref=source>{coloured}</code>
            </pre>
            <CopyButton text=code label source />
        </div>
    }
}

/// Returns the CSS class of a token.
pub const fn class(part: Part) -> Option<&'static str> {
    match part {
        Part::Plain => None,
        Part::Keyword => Some("code-keyword"),
        Part::Name => Some("code-name"),
        Part::Text => Some("code-text"),
        Part::Value => Some("code-value"),
        Part::Comment => Some("code-comment"),
    }
}
