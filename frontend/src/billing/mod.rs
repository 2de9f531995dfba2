//! Compares the plans. They are changed by the operator of the server, not on this page.

pub mod quota;
mod quotas;

use crate::{
    api,
    state::{live::Live, query::Query, session::Session},
    ui::{
        code_snippet::CodeSnippet,
        icon::{Icon, IconKind},
        query_view::QueryView,
    },
};
use leptos::prelude::*;
use quotas::Quotas;
use shared::highlight::Language;
use shared::number::grouped;
use shared::plan::{Plan, PlanLimits, PlanView};

/// The plans, with the company's current one marked.
#[component]
pub fn Billing() -> impl IntoView {
    let live = Live::expect();
    let plan = Query::new(api::plan::get).refreshed_on(move || live.gaps());
    view! {
        <header class="page-head">
            <div>
                <h1 class="page-head__title">"Billing"</h1>
                <p class="is-secondary">
                    "What each plan allows. Production and Test keys have a limit of this size each."
                </p>
            </div>
        </header>
        <QueryView
            query=plan
            skeleton=|| {
                view! {
                    <div class="plans">
                        {Plan::ALL
                            .map(|_| view! { <div class="skeleton skeleton--plan"></div> })
                            .collect_view()}
                    </div>
                }
            }
            children=|current| {
                view! {
                    <Plans current />
                    <Quotas />
                    <HowToChange current />
                }
            }
        />
    }
}

#[component]
fn Plans(current: Signal<PlanView>) -> impl IntoView {
    let card = move |plan: Plan| {
        let is_current = Memo::new(move |_| current.get().plan == plan);
        // The company's custom limits replace those of its plan.
        let limits = Memo::new(move |_| {
            let current = current.get();
            if current.plan == plan {
                current.limits
            } else {
                plan.limits()
            }
        });
        let is_own = move || is_current.get() && limits.get() != plan.limits();
        view! {
            <li
                class="card plan"
                class:is-current=is_current
                aria-current=move || is_current.get().then_some("true")
            >
                <header class="plan__head">
                    <h2 class="plan__name">{plan.label()}</h2>
                </header>
                <Limits limits />
                <Show when=move || is_current.get()>
                    <span class="badge badge--success">
                        <Icon kind=IconKind::Check />
                        "Current plan"
                    </span>
                </Show>
                <p class="plan__note">
                    {move || {
                        if is_own() {
                            "Limits agreed for your company."
                        } else if plan == Plan::Enterprise {
                            "Where no other limits are agreed."
                        } else {
                            ""
                        }
                    }}
                </p>
            </li>
        }
    };
    view! {
        <ul class="plans" role="list">
            {Plan::ALL.map(card).collect_view()}
        </ul>
    }
}

#[component]
fn Limits(limits: Memo<PlanLimits>) -> impl IntoView {
    view! {
        <p class="plan__rate">
            <strong>{move || grouped(limits.get().rate_per_minute.into())}</strong>
            " requests/minute"
        </p>
        <p class="is-secondary">
            {move || format!("Burst of {} requests", grouped(limits.get().burst.into()))}
        </p>
    }
}

/// The command with which the operator changes the plan.
#[component]
fn HowToChange(current: Signal<PlanView>) -> impl IntoView {
    let tenant = Session::expect()
        .tenant_name_untracked()
        .unwrap_or_default();
    let next = Memo::new(move |_| {
        let plan = current.get().plan;
        let larger = Plan::ALL
            .into_iter()
            .skip_while(move |other| *other != plan)
            .nth(1);
        larger.unwrap_or(Plan::Business)
    });
    view! {
        <section class="section" aria-labelledby="change-plan">
            <h2 class="section__title" id="change-plan">
                "Change the plan"
            </h2>
            <p class="is-secondary">
                "The operator of this server changes the plan on the command line. New limits and quotas apply immediately; usage is not reset. A single quota is raised with penguinmails admin set-quota."
            </p>
            {move || {
                let plan = next.get().as_str();
                let name = tenant.replace('\'', r"'\''");
                let code = format!("penguinmails admin set-plan --tenant '{name}' --plan {plan}");
                view! {
                    <CodeSnippet
                        language=Language::Bash
                        code
                        name="Command that changes the plan"
                        label="Copy command"
                    />
                }
            }}
        </section>
    }
}
