//! Code blocks and code in tabs.

use maud::{Markup, PreEscaped, html};
use shared::{
    code_samples::{KEY_VARIABLE, Key, Language as SampleLanguage, sample},
    highlight::{Language, parts},
    reference::{Example, HttpRequest},
};

/// The dashboard's "copy" icon.
const COPY_ICON: &str = r#"<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><rect width="14" height="14" x="8" y="8" rx="2" ry="2"/><path d="M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2"/></svg>"#;

/// Renders a highlighted code block with a copy button. `name` is its accessible name.
pub fn snippet(language: Language, code: &str, name: &str) -> Markup {
    html! {
        div.code-snippet {
            // Focusable, so that the arrow keys can scroll long lines.
            pre.code-snippet__text tabindex="0" role="region" aria-label=(name) {
                code {
                    @for (part, text) in parts(language, code) {
                        @match part.class() {
                            Some(class) => { span class=(class) { (text) } }
                            None => { (text) }
                        }
                    }
                }
            }
            button.icon-button.icon-button--small type="button" data-copy aria-label="Copy code" title="Copy code" {
                (PreEscaped(COPY_ICON))
            }
        }
    }
}

/// A tab with its panel.
pub struct Tab {
    /// Text of the tab.
    pub label: String,
    /// Content of the panel.
    pub panel: Markup,
}

/// Renders tabs, of which the first is selected. `id` is the prefix of the elements' ids, `name`
/// the accessible name of the list.
pub fn tabs(id: &str, name: &str, tabs: &[Tab], below: &Markup) -> Markup {
    html! {
        div.tabs.tabs--compact.samples data-tabs=(id) {
            div.tabs__list role="tablist" aria-label=(name) {
                @for (index, tab) in tabs.iter().enumerate() {
                    button.tabs__tab type="button" role="tab" id={ (id) "-tab-" (index) }
                        aria-selected=(if index == 0 { "true" } else { "false" })
                        aria-controls={ (id) "-panel-" (index) }
                        tabindex=(if index == 0 { "0" } else { "-1" })
                    { (tab.label) }
                }
            }
            @for (index, tab) in tabs.iter().enumerate() {
                div.samples__panel role="tabpanel" id={ (id) "-panel-" (index) }
                    aria-labelledby={ (id) "-tab-" (index) } hidden[index > 0]
                { (tab.panel) }
            }
            (below)
        }
    }
}

/// Renders a request as code, with a tab per language. `requests` has one request per example of
/// the body; the choice above the page's examples switches between them.
pub fn samples(requests: &[HttpRequest]) -> Markup {
    let all = SampleLanguage::ALL.map(|language| Tab {
        label: language.label().to_owned(),
        panel: html! {
            @for (index, request) in requests.iter().enumerate() {
                div data-example=(index) hidden[index > 0] {
                    (snippet(
                        language.highlighting(),
                        &sample(language, request, Key::Variable),
                        &format!("Example in {}", language.label()),
                    ))
                }
            }
        },
    });
    let hint = html! {
        div.samples__hint {
            p {
                "The key is read from the environment variable " code.code { (KEY_VARIABLE) } "."
            }
        }
    };
    tabs("language", "Language", &all, &hint)
}

/// Renders a choice between examples; nothing if there is only one. It switches the elements with
/// `data-example` in the same `data-examples` element.
pub fn example_choice(examples: &[Example]) -> Markup {
    html! {
        @if examples.len() > 1 {
            label.endpoint__choice {
                span.visually-hidden { "Example" }
                select.input.input--compact data-example-choice autocomplete="off" {
                    @for (index, example) in examples.iter().enumerate() {
                        option value=(index) {
                            @if !example.name.is_empty() && example.name != example.summary {
                                (example.name) ": "
                            }
                            (example.summary)
                        }
                    }
                }
            }
        }
    }
}

/// Renders the bodies of examples, of which one is displayed.
pub fn examples(examples: &[Example], name: &str) -> Markup {
    html! {
        @for (index, example) in examples.iter().enumerate() {
            div data-example=(index) hidden[index > 0] {
                (snippet(Language::Json, &example.text(), name))
            }
        }
    }
}
