//! Usage of the plan's quotas.

use crate::{
    api,
    billing::quota::{explanation, label, note, percent_used, usage},
    state::{live::Live, query::Query},
    ui::{
        icon::{Icon, IconKind},
        query_view::QueryView,
        status_badge::EnvironmentBadge,
        unique_id::unique_id,
    },
};
use leptos::prelude::*;
use shared::{
    key::Environment,
    quota::{Quota, QuotaLevel, QuotasView},
};

/// The quotas of both environments.
#[component]
pub fn Quotas() -> impl IntoView {
    let live = Live::expect();
    let quotas = Query::new(api::quotas::get)
        .refreshed_on(move || live.gaps().wrapping_add(live.keys_version()));
    view! {
        <section class="section" aria-labelledby="quotas">
            <h2 class="section__title" id="quotas">
                "Quotas"
            </h2>
            <p class="is-secondary">
                "What you may have. Production and Test keys have quotas of this size each. A request that would exceed one is refused with quota_exceeded."
            </p>
            <QueryView
                query=quotas
                skeleton=|| view! { <div class="skeleton skeleton--quotas"></div> }
                children=|current| {
                    view! {
                        <div class="quotas">
                            {Environment::ALL
                                .map(|environment| view! { <InEnvironment environment current /> })
                                .collect_view()}
                        </div>
                    }
                }
            />
        </section>
    }
}

#[component]
fn InEnvironment(environment: Environment, current: Signal<QuotasView>) -> impl IntoView {
    let name = format!("Quotas in {}", environment.label());
    view! {
        <section class="card quotas__card" aria-label=name>
            <EnvironmentBadge environment />
            {Quota::ALL
                .map(|quota| {
                    let amount = Memo::new(move |_| {
                        let view = current.get();
                        let used = match environment {
                            Environment::Live => view.live,
                            Environment::Test => view.test,
                        };
                        (used.get(quota), view.limits.get(quota))
                    });
                    view! { <QuotaRow quota amount /> }
                })
                .collect_view()}
        </section>
    }
}

/// Used and allowed amount of a quota.
#[component]
fn QuotaRow(quota: Quota, amount: Memo<(u64, u64)>) -> impl IntoView {
    let text = Memo::new(move |_| {
        let (used, limit) = amount.get();
        usage(quota, used, limit)
    });
    let percent = Memo::new(move |_| {
        let (used, limit) = amount.get();
        percent_used(used, limit).min(100)
    });
    let level = Memo::new(move |_| {
        let (used, limit) = amount.get();
        QuotaLevel::of(used, limit)
    });
    let attention = Memo::new(move |_| {
        let (used, limit) = amount.get();
        note(used, limit)
    });
    let value_text = move || match attention.get() {
        Some(note) => format!("{} used. {note}", text.get()),
        None => format!("{} used", text.get()),
    };
    let is_critical = move || matches!(level.get(), QuotaLevel::Full | QuotaLevel::Exceeded);
    let label_id = unique_id("quota");
    view! {
        <div class="quota">
            <p class="quota__head">
                <strong id=label_id.clone()>{label(quota)}</strong>
                <span class="quota__usage">{text}</span>
            </p>
            <div
                class="meter"
                class:is-warning=move || level.get() == QuotaLevel::Warning
                class:is-critical=is_critical
                role="meter"
                aria-labelledby=label_id
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=move || percent.get().to_string()
                aria-valuetext=value_text
            >
                <div
                    class="meter__fill"
                    style:transform=move || {
                        format!("scaleX({}.{:02})", percent.get() / 100, percent.get() % 100)
                    }
                ></div>
            </div>
            <p class="quota__note">
                {move || {
                    attention
                        .get()
                        .map(|note| {
                            let class = if is_critical() {
                                "badge badge--danger"
                            } else {
                                "badge badge--warning"
                            };
                            view! {
                                <span class=class>
                                    <Icon kind=IconKind::CircleAlert />
                                    {note}
                                </span>
                            }
                        })
                }} {explanation(quota)}
            </p>
        </div>
    }
}
