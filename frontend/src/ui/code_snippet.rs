use crate::ui::copy_button::CopyButton;
use leptos::{html, prelude::*};
use shared::highlight::{Language, parts};

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
    let highlighted = parts(language, &code)
        .into_iter()
        .map(|(part, text)| {
            let text = text.to_owned();
            match part.class() {
                Some(class) => view! { <span class=class>{text}</span> }.into_any(),
                None => text.into_any(),
            }
        })
        .collect_view();
    view! {
        <div class="code-snippet">
            // Focusable, so that the arrow keys can scroll long lines.
            <pre class="code-snippet__text" tabindex="0" role="region" aria-label=name>
                <code node_ref=source>{highlighted}</code>
            </pre>
            <CopyButton text=code label source />
        </div>
    }
}
