//! A range without requests: what to do about it.

use super::url::UsageUrl;
use crate::{
    components::{
        code_snippet::CodeSnippet,
        icon::{Icon, IconKind},
    },
    logic::{highlight::Language, site_map::KEYS, snippet::curl_get, usage::query::in_words},
};
use leptos::prelude::*;
use leptos_router::components::A;
use shared::usage::UsageRange;

/// Says that nothing was called, and how to call something.
#[component]
pub fn Empty(
    /// What the page is about.
    url: UsageUrl,
    /// The range without requests.
    range: Signal<UsageRange>,
) -> impl IntoView {
    let has_key = Memo::new(move |_| url.query.with(|query| query.key.is_some()));
    let origin = window().location().origin().unwrap_or_default();
    let code = curl_get(&origin, "/v1/whoami", "$PENGUINMAILS_API_KEY");
    let title = move || {
        let whose = if has_key.get() {
            "No requests with this key"
        } else {
            "No requests"
        };
        format!("{whose} in {}", in_words(range.get()))
    };
    view! {
        <section class="empty usage-empty" aria-labelledby="usage-empty">
            <span class="empty__icon">
                <Icon kind=IconKind::ChartLine />
            </span>
            <h2 class="empty__title" id="usage-empty">
                {title}
            </h2>
            <p class="is-secondary">
                "A first call shows up here within a minute. This one works with any key and changes nothing:"
            </p>
            <CodeSnippet language=Language::Bash code name="A first call" label="Copy the call" />
            <div class="usage-empty__actions">
                <Show when=move || range.get() != UsageRange::Month>
                    <button
                        type="button"
                        class="button button--secondary"
                        on:click=move |_| url.choose_range(UsageRange::Month)
                    >
                        "Show the last 30 days"
                    </button>
                </Show>
                <Show when=move || has_key.get()>
                    <button
                        type="button"
                        class="button button--secondary"
                        on:click=move |_| url.choose_key(None)
                    >
                        "Show all keys"
                    </button>
                </Show>
                <A href=KEYS attr:class="button button--secondary">
                    "Manage API keys"
                </A>
            </div>
        </section>
    }
}
