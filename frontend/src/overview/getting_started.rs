//! Four steps to the first API call, each with its state.

use crate::{
    api,
    keys::{
        creation::KeyCreation,
        logic::query::{KeyQuery, KeySort, SortOrder},
    },
    logic::site_map::ESP_WEBHOOKS,
    overview::progress::{Progress, Step, StepState},
    state::{live::Live, query::Query},
    ui::{
        button::{Button, ButtonVariant},
        icon::{Icon, IconKind},
        query_view::QueryView,
    },
};
use leptos::prelude::*;
use leptos_router::components::A;
use shared::{
    docs::{DOCS, guide_path, operation_path},
    key::KeyStatus,
};

/// Card with the steps to the first API call.
#[component]
pub fn GettingStarted() -> impl IntoView {
    let creation = KeyCreation::expect();
    let live = Live::expect();
    let progress = Query::new(fetch_progress).refreshed_on(move || live.keys_version());
    view! {
        <section class="card panel start" aria-labelledby="getting-started">
            <h2 class="panel__title" id="getting-started">
                "Start Building with PenguinMails API"
            </h2>
            <QueryView
                query=progress
                skeleton=|| view! { <div class="skeleton skeleton--steps"></div> }
                children=|progress| {
                    view! {
                        <ol class="start__steps" role="list">
                            {Step::ALL
                                .map(|step| {
                                    let state = Memo::new(move |_| step.state(progress.get()));
                                    view! { <StepLine step state /> }
                                })
                                .collect_view()}
                        </ol>
                    }
                }
            />
            <footer class="start__foot">
                <Button
                    variant=ButtonVariant::Primary
                    icon=IconKind::Key
                    on_click=move || creation.begin()
                >
                    "Generate API Key"
                </Button>
                <ul class="start__links" role="list" aria-label="Quick links">
                    <li>
                        <A href=DOCS>"View API Documentation →"</A>
                    </li>
                    <li>
                        <A href=guide_path("sdks")>"Explore Code Examples →"</A>
                    </li>
                    <li>
                        <A href=ESP_WEBHOOKS>"Configure Webhooks →"</A>
                    </li>
                </ul>
            </footer>
        </section>
    }
}

#[component]
fn StepLine(step: Step, state: Memo<StepState>) -> impl IntoView {
    let number = Step::ALL
        .iter()
        .position(|other| *other == step)
        .unwrap_or_default()
        + 1;
    let note = move || match state.get() {
        StepState::Done => Some("Done"),
        StepState::Next => Some("Next"),
        StepState::NotYet => Some("Coming Q1 2026"),
        StepState::Later | StepState::Optional => None,
    };
    view! {
        <li
            class="start__step"
            class:is-done=move || state.get() == StepState::Done
            class:is-next=move || state.get() == StepState::Next
            class:is-unavailable=move || state.get() == StepState::NotYet
            aria-current=move || (state.get() == StepState::Next).then_some("step")
        >
            <span class="start__marker" aria-hidden="true">
                {move || {
                    if state.get() == StepState::Done {
                        view! { <Icon kind=IconKind::Check /> }.into_any()
                    } else {
                        number.into_any()
                    }
                }}
            </span>
            <span class="start__label">
                {match page(step) {
                    Some(page) => view! { <A href=page>{step.label()}</A> }.into_any(),
                    None => step.label().into_any(),
                }}
            </span>
            {move || note().map(|note| view! { <span class="start__note">{note}</span> })}
        </li>
    }
}

/// Returns the page that explains a step. Key creation has a button instead.
fn page(step: Step) -> Option<String> {
    match step {
        Step::GenerateKey => None,
        Step::InstallSdk => Some(guide_path("sdks")),
        Step::FirstCall => Some(format!(
            "{}#try-it-out",
            operation_path("Account", "whoami")
        )),
        Step::Webhooks => Some(guide_path("webhooks")),
    }
}

/// Fetches the most recently used key, which is enough to tell if any was ever used.
async fn fetch_progress() -> Result<Progress, api::ApiError> {
    let query = |status| KeyQuery {
        search: String::new(),
        status,
        sort: KeySort::LastUsed,
        order: SortOrder::Descending,
    };
    let all = api::keys::list(&query(None), 1).await?;
    let active = api::keys::list(&query(Some(KeyStatus::Active)), 1).await?;
    Ok(Progress {
        has_key: active.total > 0,
        has_called: all.data.iter().any(|key| key.last_used_at.is_some()),
    })
}
