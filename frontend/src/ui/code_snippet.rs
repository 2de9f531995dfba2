//! A piece of code, coloured, with a copy button.

use crate::docs::highlight::{Language, Part, parts};
use crate::ui::copy_button::CopyButton;
use leptos::{html, prelude::*};

/// Code with its syntax coloured.
#[component]
pub fn CodeSnippet(
    /// Its language.
    language: Language,
    /// The code.
    #[prop(into)]
    code: String,
    /// What its copy button is called.
    #[prop(default = "Copy code")]
    label: &'static str,
    /// What screen readers call the code.
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
            // Long lines scroll, with the arrow keys too.
            <pre class="code-snippet__text" tabindex="0" role="region" aria-label=name>
                <code node_ref=source>{coloured}</code>
            </pre>
            <CopyButton text=code label source />
        </div>
    }
}

/// The class that colours a part of code.
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
