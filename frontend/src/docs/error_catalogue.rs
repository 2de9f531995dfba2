//! The error codes of both APIs. The `type` URL of each error response points here.

use crate::{
    docs::follow_anchor,
    logic::site_map::ERRORS,
    state::title::set_title,
    ui::{code_snippet::CodeSnippet, related::Related, sentence::Sentence},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use shared::{
    docs::guide_path,
    error::{ErrorCode, Problem},
    highlight::Language,
};

/// The list of error codes. The URL fragment selects one.
#[component]
pub fn ErrorCatalogue() -> impl IntoView {
    set_title("Error codes");
    let location = use_location();
    let target = Memo::new(move |_| location.hash.get().trim_start_matches('#').to_owned());
    follow_anchor();
    view! {
        <header class="page-head">
            <div>
                <h1 class="page-head__title">"Error codes"</h1>
                <p class="is-secondary">
                    "Every error response is "
                    <code class="code">"application/problem+json"</code> " with a code in "
                    <code class="code">"error"</code>
                    " to branch on, a sentence in "
                    <code class="code">"message"</code> " and the request’s id in "
                    <code class="code">"request_id"</code> "."
                </p>
            </div>
        </header>
        <CodeSnippet language=Language::Json code=sample() name="Example of an error response" />
        <div class="catalogue">
            {ErrorCode::ALL
                .iter()
                .map(|code| view! { <Entry code=*code target /> })
                .collect_view()}
        </div>
        <Related links=vec![
            ("Error Handling", guide_path("error-handling")),
            ("Rate Limiting", guide_path("rate-limiting")),
        ] />
    }
}

/// Returns an error response as this server sends it.
fn sample() -> String {
    let code = ErrorCode::RateLimitExceeded;
    let origin = window().location().origin().unwrap_or_default();
    let problem = Problem {
        type_url: format!("{origin}{ERRORS}#{code}"),
        title: code.title().into(),
        status: code.status(),
        detail: code.remedy().into(),
        error: code,
        message: "Rate limit exceeded. Try again in 42 seconds.".into(),
        request_id: "req_8fQ2LkXw0aPz".into(),
        retry_after: Some(42),
        limit: None,
        required_scope: None,
        errors: Vec::new(),
    };
    serde_json::to_string_pretty(&problem).unwrap_or_default()
}

#[component]
fn Entry(code: ErrorCode, target: Memo<String>) -> impl IntoView {
    let is_target = move || target.with(|target| target == code.as_str());
    let heading_id = format!("{code}-title");
    view! {
        <section
            class="card catalogue__entry"
            class:is-target=is_target
            id=code.as_str()
            aria-labelledby=heading_id
        >
            <header class="catalogue__head">
                <h2 class="catalogue__code" id=heading_id.clone()>
                    <a href=format!("#{code}")>
                        <code>{code.as_str()}</code>
                    </a>
                </h2>
                <span class="badge badge--outline">{code.status()}</span>
                <span class="is-secondary">{code.title()}</span>
            </header>
            <dl class="catalogue__facts">
                <dt>"Cause"</dt>
                <dd>
                    <Sentence text=code.message() />
                </dd>
                <dt>"What to do"</dt>
                <dd>
                    <Sentence text=code.remedy() />
                </dd>
            </dl>
        </section>
    }
}
