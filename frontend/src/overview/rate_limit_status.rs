//! Rate limit of the environment in the URL.

use crate::{
    keys::logic::text::usage_path, ui::panel::Panel, ui::rate_limit_indicator::RateLimitIndicator,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::query_signal_with_options};
use shared::key::Environment;

#[component]
pub fn RateLimitStatus() -> impl IntoView {
    let options = NavigateOptions {
        replace: true,
        scroll: false,
        ..NavigateOptions::default()
    };
    let (param, set_param) = query_signal_with_options::<String>("environment", options);
    let environment = Memo::new(move |_| {
        let named = param.get().and_then(|text| text.parse().ok());
        named.unwrap_or(Environment::Live)
    });
    let choose = move |choice: Environment| {
        set_param.set((choice != Environment::Live).then(|| choice.as_str().to_owned()));
    };
    let button = move |choice: Environment| {
        view! {
            <button
                type="button"
                class="segmented__item"
                aria-pressed=move || (environment.get() == choice).to_string()
                on:click=move |_| choose(choice)
            >
                {choice.label()}
            </button>
        }
    };
    view! {
        <Panel
            id="rate-limit"
            title="Rate Limit Status"
            actions=move || {
                view! {
                    <div
                        class="segmented segmented--text segmented--small"
                        role="group"
                        aria-label="Environment"
                    >
                        {Environment::ALL.map(button).collect_view()}
                    </div>
                }
            }
        >
            <RateLimitIndicator environment />
            <footer class="panel__foot">
                <A href=move || usage_path(environment.get())>"View Usage →"</A>
            </footer>
        </Panel>
    }
}
