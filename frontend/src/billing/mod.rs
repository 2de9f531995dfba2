//! Compares the plans, and changes the company's.

mod change_plan;
pub mod quota;
mod quotas;

use crate::{
    api,
    state::{live::Live, query::Query, session::Session},
    ui::{
        button::{Button, ButtonSize},
        icon::{Icon, IconKind},
        query_view::QueryView,
    },
};
use change_plan::ChangePlanDialog;
use leptos::prelude::*;
use quotas::Quotas;
use shared::number::grouped;
use shared::{
    plan::{Plan, PlanLimits, PlanView},
    role::Role,
};

/// The plans, with the company's current one marked.
#[component]
pub fn Billing() -> impl IntoView {
    let live = Live::expect();
    let plan = Query::new(api::plan::get)
        .refreshed_on(move || live.gaps().wrapping_add(live.keys_version()));
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
                }
            }
        />
    }
}

#[component]
fn Plans(current: Signal<PlanView>) -> impl IntoView {
    let may_change = Session::expect().role_untracked() >= Role::Admin;
    let target = RwSignal::new(None);
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
                <Show
                    when=move || plan != Plan::Enterprise || is_current.get()
                    fallback=|| {
                        view! {
                            <p class="is-secondary">
                                "Limits as agreed. Ask the operator of this server."
                            </p>
                        }
                    }
                >
                    <Limits limits />
                </Show>
                <Show
                    when=move || is_current.get()
                    fallback=move || {
                        (may_change && plan != Plan::Enterprise)
                            .then(|| {
                                view! {
                                    <Button
                                        class="plan__change"
                                        size=ButtonSize::Small
                                        on_click=move || target.set(Some(plan))
                                    >
                                        {format!("Change to {}", plan.label())}
                                    </Button>
                                }
                            })
                    }
                >
                    <span class="badge badge--success">
                        <Icon kind=IconKind::Check />
                        "Current plan"
                    </span>
                </Show>
                <p class="plan__note">
                    {move || if is_own() { "Limits agreed for your company." } else { "" }}
                </p>
            </li>
        }
    };
    view! {
        <ul class="plans" role="list">
            {Plan::ALL.map(card).collect_view()}
        </ul>
        {(!may_change)
            .then(|| {
                view! {
                    <p class="is-secondary">"Admins and Owners of your company can change the plan."</p>
                }
            })}
        <ChangePlanDialog current target />
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
