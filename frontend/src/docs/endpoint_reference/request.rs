//! Examples of a request: its body, and the full request as code.

use crate::docs::endpoint_reference::{heading::SectionHeading, sdk_preview::SdkPreview};
use crate::{
    docs::{
        code_samples::CodeSamples,
        highlight::Language,
        openapi::{Document, Draft, Example, HttpRequest, Operation, build},
    },
    ui::code_snippet::CodeSnippet,
};
use leptos::prelude::*;
use std::sync::Arc;

/// A body example, with a choice if there are several, and the request as code.
#[component]
pub fn RequestExamples(
    /// Resolves the schema references of the operation.
    document: Arc<Document>,
    operation: Arc<Operation>,
) -> impl IntoView {
    let chosen = RwSignal::new(0_usize);
    let examples = StoredValue::new(examples(&document, &operation));
    let names = examples.with_value(|examples| {
        let names = examples.iter().map(|example| example.summary.clone());
        names.collect::<Vec<_>>()
    });
    let body = Memo::new(move |_| {
        examples.with_value(|examples| {
            let example = examples.get(chosen.get())?;
            Some(format!("{:#}", example.value))
        })
    });
    let id = operation.id.clone();
    let request = Memo::new(move |_| {
        let mut draft = Draft::example(&document, &operation);
        if let Some(body) = body.get() {
            draft.body = body;
        }
        let request = build(&document, document.server(), &operation, &draft);
        request.unwrap_or_else(|_| bare(&document, &operation))
    });
    view! {
        <section aria-labelledby="code-examples">
            <SectionHeading id="code-examples" text="Code Examples" />
            <CodeSamples request />
            <SdkPreview operation_id=id />
        </section>
        <Show when=move || body.with(Option::is_some)>
            <section aria-labelledby="example-request">
                <SectionHeading id="example-request" text="Example Request" />
                <ExampleChoice names=names.clone() chosen />
                {move || {
                    let code = body.get().unwrap_or_default();
                    view! { <CodeSnippet language=Language::Json code name="Example Request" /> }
                }}
            </section>
        </Show>
    }
}

/// Returns the documented examples of the JSON body, or a generated one if there are none.
fn examples(document: &Document, operation: &Operation) -> Vec<Example> {
    let Some(media) = operation.json_body() else {
        return Vec::new();
    };
    if !media.examples.is_empty() {
        return media.examples.clone();
    }
    vec![Example {
        name: String::new(),
        summary: String::new(),
        value: document.media_example(media),
    }]
}

/// Builds the request with its placeholders, for operations whose parameters have no examples.
fn bare(document: &Document, operation: &Operation) -> HttpRequest {
    HttpRequest {
        method: operation.method.clone(),
        url: format!("{}{}", document.server(), operation.path),
        headers: Vec::new(),
        body: None,
        needs_key: true,
    }
}

/// Drop-down to select one of several examples. Renders nothing if there is only one.
#[component]
pub fn ExampleChoice(
    names: Vec<String>,
    /// Index of the selected example.
    chosen: RwSignal<usize>,
) -> impl IntoView {
    (names.len() > 1).then(|| {
        let options = names
            .into_iter()
            .enumerate()
            .map(|(index, name)| {
                view! {
                    <option value=index.to_string() selected=move || chosen.get() == index>
                        {name}
                    </option>
                }
            })
            .collect_view();
        view! {
            <label class="endpoint__choice">
                <span class="visually-hidden">"Example"</span>
                <select
                    class="input"
                    on:change=move |event| {
                        chosen.set(event_target_value(&event).parse().unwrap_or(0));
                    }
                >
                    {options}
                </select>
            </label>
        }
    })
}
