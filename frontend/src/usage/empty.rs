//! Empty state of the usage page.

use crate::usage::{toolbar::status_of, url::UsageUrl};
use crate::{
    keys::logic::snippet::curl_get,
    logic::site_map::KEYS,
    state::query::Query,
    ui::{
        button::{Button, ButtonLink},
        code_snippet::CodeSnippet,
        icon::{Icon, IconKind},
    },
    usage::logic::query::in_words,
};
use leptos::prelude::*;
use shared::highlight::Language;
use shared::{
    key::{Environment, KeyStatus, KeyView},
    page::Page,
    usage::{ApiUsage, UsageRange},
};

/// Explains that there were no requests, and shows how to send one.
#[component]
pub fn Empty(
    usage: Signal<ApiUsage>,
    url: UsageUrl,
    range: Signal<UsageRange>,
    /// Keys of the account, used to detect a selected key that is revoked or expired.
    keys: Query<Page<KeyView>>,
) -> impl IntoView {
    let has_key = Memo::new(move |_| url.query.with(|query| query.key.is_some()));
    let origin = window().location().origin().unwrap_or_default();
    let code = curl_get(&origin, "/v1/whoami", "$PENGUINMAILS_API_KEY");
    let ended = Memo::new(move |_| {
        let id = url.query.with(|query| query.key.clone())?;
        let status = status_of(&id, &keys.data()?.data)?;
        matches!(status, KeyStatus::Revoked | KeyStatus::Expired).then_some(status)
    });
    let ended_text = move || {
        let status = ended.get().map_or("", KeyStatus::label).to_lowercase();
        format!("This key is {status}: it can no longer call the API.")
    };
    let environment = Memo::new(move |_| usage.with(|usage| usage.environment));
    let in_environment = move || environment.get().label().to_lowercase();
    let title = move || {
        let whose = if has_key.get() {
            format!("No requests with this {} key", in_environment())
        } else {
            format!("No {} requests", in_environment())
        };
        format!("{whose} in {}", in_words(range.get()))
    };
    // Offered only if the other environment has keys; otherwise it is empty as well.
    let other = Memo::new(move |_| {
        let other = environment.get().other();
        let page = keys.data().filter(|_| !has_key.get())?;
        let has_keys = page.data.iter().any(|key| key.environment == other);
        has_keys.then_some(other)
    });
    let show_other = move |other: Environment| {
        view! {
            <Button on_click=move || url.choose_environment(other)>
                {format!("Show {} requests", other.label().to_lowercase())}
            </Button>
        }
    };
    view! {
        <section class="empty usage-empty" aria-labelledby="usage-empty">
            <span class="empty__icon">
                <Icon kind=IconKind::ChartLine />
            </span>
            <h2 class="empty__title" id="usage-empty">
                {title}
            </h2>
            <Show
                when=move || ended.get().is_none()
                fallback=move || view! { <p class="is-secondary">{ended_text}</p> }
            >
                <p class="is-secondary">
                    "A first call shows up here within a minute. This one works with any "
                    {in_environment} " key and changes nothing:"
                </p>
                <CodeSnippet
                    language=Language::Bash
                    code=code.clone()
                    name="A first call"
                    label="Copy the call"
                />
            </Show>
            <div class="usage-empty__actions">
                {move || other.get().map(show_other)}
                <Show when=move || range.get() != UsageRange::Month>
                    <Button on_click=move || url.choose_range(UsageRange::Month)>
                        "Show the last 30 days"
                    </Button>
                </Show>
                <Show when=move || has_key.get()>
                    <Button on_click=move || url.choose_key(None)>
                        "Show all keys"
                    </Button>
                </Show>
                <ButtonLink href=KEYS>
                    "Manage API keys"
                </ButtonLink>
            </div>
        </section>
    }
}
