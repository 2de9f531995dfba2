//! The responses of an operation, by status.

use crate::docs::endpoint_reference::{
    heading::{PartHeading, SectionHeading},
    prose::Prose,
    request::ExampleChoice,
};
use crate::{
    docs::{
        highlight::Language,
        openapi::{Document, Example, Operation, Response, reason},
        schema_fields::{FieldsOf, SchemaFields},
    },
    ui::{
        code_snippet::CodeSnippet,
        icon::{Icon, IconKind},
        tab_list::TabList,
        unique_id::unique_id,
    },
};
use leptos::prelude::*;
use std::sync::Arc;

/// Formats the heading of a response, such as `200 OK`.
fn title(response: &Response) -> String {
    match (response.status.as_str(), reason(&response.status)) {
        ("default", _) => "Any other status".to_owned(),
        (status, "") => status.to_owned(),
        (status, reason) => format!("{status} {reason}"),
    }
}

/// The description and fields of each response.
#[component]
pub fn Answers(
    /// Resolves the schema references of the operation.
    document: Arc<Document>,
    operation: Arc<Operation>,
) -> impl IntoView {
    let (good, bad): (Vec<_>, Vec<_>) = operation
        .responses
        .iter()
        .cloned()
        .partition(Response::is_success);
    let list = |responses: Vec<Response>| {
        let document = document.clone();
        responses
            .into_iter()
            .map(|response| view! { <Answer document=document.clone() response /> })
            .collect_view()
    };
    let (good, bad) = (list(good), list(bad));
    view! {
        <section class="endpoint__section" aria-labelledby="response">
            <SectionHeading id="response" text="Response" />
            {good}
        </section>
        <section class="endpoint__section" aria-labelledby="error-responses">
            <SectionHeading id="error-responses" text="Error Responses" />
            {bad}
        </section>
    }
}

#[component]
fn Answer(document: Arc<Document>, response: Response) -> impl IntoView {
    let id = format!("response-{}", response.status.to_lowercase());
    let is_success = response.is_success();
    let title = title(&response);
    let shows_fields = RwSignal::new(is_success);
    let shows_headers = RwSignal::new(false);
    let (media, headers) = (response.media.first().cloned(), response.headers);
    let fields_toggle = media.is_some().then(|| {
        view! { <Toggle label="Fields" of=title.clone() count=None is_open=shows_fields /> }
    });
    let count = headers.len();
    let headers_toggle = (count > 0).then(|| {
        view! {
            <Toggle label="Headers" of=title.clone() count=Some(count) is_open=shows_headers />
        }
    });
    let table = {
        let (id, title) = (id.clone(), title.clone());
        move || {
            let media = media.clone().filter(|_| shows_fields.get())?;
            let fields = document.fields(&media.schema);
            let (id, name) = (id.clone(), title.clone());
            Some(view! { <SchemaFields fields of=FieldsOf::Response id name /> })
        }
    };
    view! {
        <div class="answer" class:answer--good=is_success>
            <div class="answer__head">
                <PartHeading id text=title.clone() />
                {headers_toggle}
                {fields_toggle}
            </div>
            <Prose text=response.description />
            {move || shows_headers.get().then(|| header_list(&headers))}
            {table}
        </div>
    }
}

/// Button that expands and collapses a part of a response.
#[component]
fn Toggle(
    label: &'static str,
    of: String,
    count: Option<usize>,
    is_open: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="fields__toggle answer__toggle"
            aria-expanded=move || is_open.get().to_string()
            on:click=move |_| is_open.update(|open| *open = !*open)
        >
            <Icon kind=IconKind::ChevronRight />
            {label}
            {count.map(|count| view! { <span class="count">{count}</span> })}
            <span class="visually-hidden">{format!(" of {of}")}</span>
        </button>
    }
}

fn header_list(headers: &[(String, String)]) -> impl IntoView + use<> {
    let headers = headers.iter().cloned().map(|(name, description)| {
        view! {
            <div>
                <dt>
                    <code class="code">{name}</code>
                </dt>
                <dd>
                    <Prose text=description />
                </dd>
            </div>
        }
    });
    let headers: Vec<_> = headers.collect();
    view! { <dl class="answer__headers">{headers}</dl> }
}

/// Example responses, with one tab per status.
#[component]
pub fn AnswerExamples(
    /// Resolves the schema references of the operation.
    document: Arc<Document>,
    operation: Arc<Operation>,
) -> impl IntoView {
    let selected = RwSignal::new(0_usize);
    let responses: Vec<Response> = operation.responses.clone();
    if responses.is_empty() {
        return ().into_any();
    }
    let labels: Vec<_> = responses
        .iter()
        .map(|response| response.status.clone())
        .collect();
    let id = unique_id("answers");
    let panel_id = format!("{id}-panel");
    let tab_id = {
        let id = id.clone();
        move || format!("{id}-tab-{}", selected.get())
    };
    let panel = move || {
        let response = responses.get(selected.get())?.clone();
        let examples = examples(&document, &response);
        Some(view! { <AnswerExample title=title(&response) examples /> })
    };
    view! {
        <section aria-labelledby="example-responses">
            <SectionHeading id="example-responses" text="Example Responses" />
            <div class="tabs samples">
                <TabList
                    labels
                    selected
                    on_select=move |index| selected.set(index)
                    name="Status"
                    id
                />
                <div class="samples__panel" role="tabpanel" id=panel_id aria-labelledby=tab_id>
                    {panel}
                </div>
            </div>
        </section>
    }
    .into_any()
}

fn examples(document: &Document, response: &Response) -> Vec<Example> {
    let Some(media) = response.media.first() else {
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

#[component]
fn AnswerExample(title: String, examples: Vec<Example>) -> impl IntoView {
    let chosen = RwSignal::new(0_usize);
    let names: Vec<_> = examples
        .iter()
        .map(|example| match example.name.as_str() {
            "" => example.summary.clone(),
            name => format!("{name}: {}", example.summary),
        })
        .collect();
    if examples.is_empty() {
        return view! { <p class="samples__hint">{title} ", without a body."</p> }.into_any();
    }
    let label = title.clone();
    let code = move || {
        let value = examples.get(chosen.get()).map(|example| &example.value);
        let code = value.map(|value| format!("{value:#}")).unwrap_or_default();
        view! { <CodeSnippet language=Language::Json code name=label.clone() /> }
    };
    view! {
        <div class="samples__caption">
            <span>{title}</span>
            <ExampleChoice names chosen />
        </div>
        {code}
    }
    .into_any()
}
