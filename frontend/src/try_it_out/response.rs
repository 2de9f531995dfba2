//! The outcome of a call: status, duration, headers and body, or how to fix the error. Response
//! bodies are rendered as text, never as HTML.

use crate::try_it_out::{call::Outcome, status::EndedBadge, tester::Tester};
use crate::{
    logic::site_map::OVERVIEW,
    state::{download, toasts::Toasts},
    try_it_out::{
        api::NoAnswer,
        logic::{
            answer::{Answer, Shown, duration, size},
            explain::{Explanation, Used, explain},
            history::CallStatus,
        },
    },
    ui::{
        button::{Button, ButtonSize},
        code_snippet::CodeSnippet,
        icon::{Icon, IconKind},
        problem_notice::Countdown,
    },
};
use http::StatusCode;
use leptos::{html, prelude::*};
use leptos_router::components::A;
use shared::{highlight::Language, ids::KeyId};
use std::sync::Arc;

/// The response, and an explanation if it is an error.
#[component]
pub fn ResponseView(tester: Tester) -> impl IntoView {
    let outcome = tester.outcome;
    let node = NodeRef::<html::Div>::new();
    Effect::new(move || {
        if outcome.with(Option::is_some) {
            // Runs after rendering, when the element has its height.
            request_animation_frame(move || {
                if let Some(node) = node.try_get_untracked().flatten() {
                    let options = web_sys::ScrollIntoViewOptions::new();
                    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                    node.scroll_into_view_with_scroll_into_view_options(&options);
                }
            });
        }
    });
    view! {
        <div node_ref=node class="tester__response" aria-live="polite">
            {move || match outcome.get() {
                None => ().into_any(),
                Some(Outcome::Answered(answer, key)) => {
                    view! { <AnswerView answer key /> }.into_any()
                }
                Some(Outcome::Unanswered(NoAnswer::Cancelled)) => {
                    view! {
                        <p class="tester__note">
                            "Cancelled. The server may have carried it out anyway."
                        </p>
                    }
                        .into_any()
                }
                Some(Outcome::Unanswered(NoAnswer::Unreachable)) => {
                    view! {
                        <div class="notice notice--error">
                            <Icon kind=IconKind::CircleAlert />
                            <p>
                                "No response. Check your connection and that the server is running."
                            </p>
                        </div>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

#[component]
fn AnswerView(answer: Arc<Answer>, key: Option<KeyId>) -> impl IntoView {
    let reason = StatusCode::from_u16(answer.status).ok();
    let reason = reason.and_then(|code| code.canonical_reason());
    let status = format!("{} {}", answer.status, reason.unwrap_or_default());
    let ended = CallStatus::Answered(answer.status);
    let request_id = answer.header("x-request-id").map(str::to_owned);
    let limit = answer.header("x-ratelimit-limit");
    let remaining = answer.header("x-ratelimit-remaining").zip(limit);
    let remaining = remaining.map(|(left, of)| format!("{left} of {of} left"));
    let used = key
        .as_ref()
        .map_or(Used::Pasted, |id| Used::Token(id.as_str()));
    let explanation = (answer.status >= 400)
        .then(|| explain(&answer.body, used))
        .flatten();
    let headers = answer.headers.clone();
    view! {
        <h3 class="tester__title">"Response"</h3>
        <dl class="tester__facts">
            <div>
                <dt>"Status"</dt>
                <dd>
                    <EndedBadge ended text=status />
                </dd>
            </div>
            <div>
                <dt>"Time"</dt>
                <dd>{duration(answer.took_ms)}</dd>
            </div>
            <div>
                <dt>"Size"</dt>
                <dd>{size(answer.body.len())}</dd>
            </div>
            {remaining
                .map(|remaining| {
                    view! {
                        <div>
                            <dt>"Rate limit"</dt>
                            <dd>{remaining}</dd>
                        </div>
                    }
                })}
            {request_id
                .map(|id| {
                    view! {
                        <div>
                            <dt>"Request"</dt>
                            <dd>
                                <A href=usage_entry(&id)>
                                    <code class="code">{id.clone()}</code>
                                </A>
                            </dd>
                        </div>
                    }
                })}
        </dl>
        {explanation.map(|explanation| view! { <ExplanationNotice explanation /> })}
        <BodyView answer />
        <details class="tester__headers" open=true>
            <summary>
                <Icon kind=IconKind::ChevronRight />
                {format!("Headers ({})", headers.len())}
            </summary>
            <dl>
                {headers
                    .into_iter()
                    .map(|(name, value)| {
                        view! {
                            <div>
                                <dt>{name}</dt>
                                <dd>{value}</dd>
                            </div>
                        }
                    })
                    .collect_view()}
            </dl>
        </details>
    }
}

/// Returns the usage page's URL for a single request.
fn usage_entry(request_id: &str) -> String {
    format!("{OVERVIEW}/usage?request={request_id}")
}

#[component]
fn ExplanationNotice(explanation: Explanation) -> impl IntoView {
    let Explanation {
        title,
        text,
        link,
        wait_secs,
    } = explanation;
    view! {
        <div class="notice notice--error">
            <Icon kind=IconKind::CircleAlert />
            <div class="notice__body">
                <p class="notice__title">{title}</p>
                <p>{text.replace('`', "")}</p>
                {wait_secs.map(|seconds| view! { <Countdown seconds /> })}
                {link.map(|(label, path)| view! { <A href=path>{label}</A> })}
            </div>
        </div>
    }
}

#[component]
fn BodyView(answer: Arc<Answer>) -> impl IntoView {
    let toasts = Toasts::expect();
    let save = {
        let answer = answer.clone();
        move || {
            if !download::save(answer.file_name(), &answer.text()) {
                toasts.error("The browser did not allow the download.");
            }
        }
    };
    let button = view! {
        <Button size=ButtonSize::Small icon=IconKind::Download on_click=save>
            "Download"
        </Button>
    };
    let name = "Response body";
    match answer.shown() {
        Shown::Nothing => {
            view! { <p class="tester__note">"The response has no body."</p> }.into_any()
        }
        Shown::Json(code) => view! {
            <CodeSnippet language=Language::Json code name label="Copy response" />
            {button}
        }
        .into_any(),
        Shown::Text(text) => view! {
            <pre class="tester__plain" tabindex="0" role="region" aria-label=name>{text}</pre>
            {button}
        }
        .into_any(),
        Shown::Beginning(text) => view! {
            <p class="tester__note">
                {format!(
                    "The body has {}: this is its beginning. Download it to see all of it.",
                    size(answer.body.len()),
                )}
            </p>
            <pre class="tester__plain" tabindex="0" role="region" aria-label=name>{text}</pre>
            {button}
        }
        .into_any(),
    }
}
