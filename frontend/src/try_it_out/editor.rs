//! The editor of a JSON body: a `<textarea>` with the highlighted text rendered below it. Errors
//! are listed with their positions; clicking one moves the cursor there.

use crate::try_it_out::tester::Tester;
use crate::{
    try_it_out::logic::{body_errors::BodyError, json_position::parse},
    ui::{
        button::{Button, ButtonSize, ButtonVariant},
        icon::{Icon, IconKind},
        unique_id::unique_id,
    },
};
use leptos::{html, prelude::*};
use shared::highlight::{Language, parts};

/// Maximum number of errors in the list.
const MAX_ERRORS: usize = 5;

/// Body editor with highlighting and error list.
#[component]
pub fn BodyEditor(tester: Tester) -> impl IntoView {
    let area = NodeRef::<html::Textarea>::new();
    let id = unique_id("body");
    let errors_id = format!("{id}-errors");
    let body = Memo::new(move |_| tester.draft.with(|draft| draft.body.clone()));
    let errors = Memo::new(move |_| tester.body_errors());
    let is_missing = Memo::new(move |_| tester.is_body_missing());
    let is_wrong = move || is_missing.get() || errors.with(|errors| !errors.is_empty());
    let can_format = Memo::new(move |_| {
        let formatted = body.with(|body| formatted(body));
        formatted.is_some_and(|formatted| body.with(|body| *body != formatted))
    });
    let set_body = move |text: String| tester.draft.update(|draft| draft.body = text);
    let format = move || {
        if let Some(text) = body.with_untracked(|body| formatted(body)) {
            set_body(text);
        }
    };
    let go_to = move |offset: usize| {
        if let Some(area) = area.get_untracked() {
            area.focus().ok();
            // The browser counts UTF-16 code units.
            let before = body.with_untracked(|body| body[..offset].encode_utf16().count());
            let at = u32::try_from(before).unwrap_or_default();
            area.set_selection_range(at, at).ok();
        }
    };
    view! {
        <div class="editor-field">
            <div class="editor-field__head">
                <label class="field__label" for=id.clone()>
                    "Request Body"
                </label>
                <div class="editor-field__actions">
                    <Button
                        variant=ButtonVariant::Quiet
                        size=ButtonSize::Small
                        disabled=Signal::derive(move || !can_format.get())
                        on_click=format
                    >
                        "Format"
                    </Button>
                    <Button
                        variant=ButtonVariant::Quiet
                        size=ButtonSize::Small
                        on_click=move || tester.reset()
                    >
                        "Reset to example"
                    </Button>
                </div>
            </div>
            <div class="editor" class:has-faults=is_wrong>
                <pre class="editor__lines" aria-hidden="true">
                    {move || {
                        let bad = errors.with(|errors| {
                            errors.iter().map(|error| error.at.line).collect::<Vec<_>>()
                        });
                        let count = body.with(|body| body.matches('\n').count() + 1);
                        (1..=count)
                            .map(|line| {
                                view! {
                                    <span class:is-bad=bad.contains(&line)>{format!("{line}\n")}</span>
                                }
                            })
                            .collect_view()
                    }}
                </pre>
                <div class="editor__text">
                    <pre class="editor__paint" aria-hidden="true">
                        {move || body.with(|body| highlighted(body))}
                        "\n"
                    </pre>
                    <textarea
                        node_ref=area
                        class="editor__area"
                        id=id.clone()
                        wrap="off"
                        spellcheck="false"
                        autocomplete="off"
                        autocapitalize="none"
                        aria-describedby=errors_id.clone()
                        aria-invalid=move || is_wrong().then_some("true")
                        prop:value=body
                        on:input=move |event| set_body(event_target_value(&event))
                    ></textarea>
                </div>
            </div>
            <div class="editor-field__faults" id=errors_id role="status">
                <Show when=move || is_missing.get()>
                    <p class="editor-field__fault">
                        <Icon kind=IconKind::CircleAlert />
                        "This operation needs a request body. Reset to the example, or write one."
                    </p>
                </Show>
                <Errors errors on_go=go_to />
            </div>
        </div>
    }
}

/// Errors from top to bottom. Clicking one moves the cursor to it.
#[component]
fn Errors(
    errors: Memo<Vec<BodyError>>,
    /// Called with the byte offset of the error.
    #[prop(into)]
    on_go: Callback<usize>,
) -> impl IntoView {
    let line = move |error: &BodyError| {
        let place = format!("Line {}, column {}", error.at.line, error.at.column);
        let message = error.message.replace('`', "");
        let offset = error.at.offset;
        view! {
            <button
                type="button"
                class="editor-field__fault"
                on:click=move |_| on_go.run(offset)
            >
                <Icon kind=IconKind::CircleAlert />
                <span>
                    <strong>{place}</strong>
                    ": "
                    {message}
                </span>
            </button>
        }
    };
    move || {
        let errors = errors.get();
        let more = errors.len().saturating_sub(MAX_ERRORS);
        let list = errors.iter().take(MAX_ERRORS).map(line).collect_view();
        let rest = (more > 0).then(|| view! { <p>{format!("… and {more} more.")}</p> });
        (list, rest)
    }
}

/// Pretty-prints the text. `None` if it isn't JSON.
fn formatted(text: &str) -> Option<String> {
    let value = parse(text).ok()?;
    Some(format!("{value:#}"))
}

fn highlighted(text: &str) -> impl IntoView + use<> {
    parts(Language::Json, text)
        .into_iter()
        .map(|(part, text)| {
            let text = text.to_owned();
            match part.class() {
                Some(class) => view! { <span class=class>{text}</span> }.into_any(),
                None => text.into_any(),
            }
        })
        .collect_view()
}
