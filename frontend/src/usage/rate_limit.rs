//! Rate limit usage, past and present.

use crate::{
    logic::site_map::BILLING,
    state::clock::Clock,
    ui::{
        icon::{Icon, IconKind},
        panel::Panel,
        rate_limit_indicator::RateLimitIndicator,
        status_badge::EnvironmentBadge,
    },
    usage::{
        logic::{
            chart, moment,
            rate_limit::{Advice, advice, exceeded, peak, refused_by},
        },
        time_zone::ZoneState,
        usage_chart::UsageChart,
    },
};
use leptos::prelude::*;
use leptos_router::components::A;
use shared::number::grouped;
use shared::usage::{ApiUsage, RateLimitEvent};

/// Chart of the rate limit, its events and its current state.
#[component]
pub fn RateLimitMonitoring(
    /// Usage in the selected range.
    usage: Signal<ApiUsage>,
) -> impl IntoView {
    let zone = ZoneState::expect();
    let environment = Memo::new(move |_| usage.with(|usage| usage.rate_limit.environment));
    let chart = Memo::new(move |_| usage.with(|usage| chart::rate_limit(usage, |t| zone.at(t))));
    let has_points = Memo::new(move |_| chart.with(|chart| !chart.points.is_empty()));
    view! {
        <Panel
            id="rate-limit-monitoring"
            title="Rate Limit Monitoring"
            actions=move || move || view! { <EnvironmentBadge environment=environment.get() /> }
        >
            <Show
                when=move || has_points.get()
                fallback=|| {
                    view! { <p class="panel__empty">"Nothing was measured in this range yet."</p> }
                }
            >
                <UsageChart title="Rate limit usage" chart />
            </Show>
            <div class="limits">
                <div class="limits__past">
                    <h3 class="limits__title">"Rate Limit Events"</h3>
                    <Events usage />
                    <Recommendation usage />
                </div>
                <div class="limits__now">
                    <h3 class="limits__title">"Right Now"</h3>
                    <RateLimitIndicator environment />
                </div>
            </div>
        </Panel>
    }
}

#[component]
fn Events(usage: Signal<ApiUsage>) -> impl IntoView {
    let (zone, clock) = (ZoneState::expect(), Clock::expect());
    let short = move |t| moment::short(zone.at(t), zone.at(clock.now()));
    let times = Memo::new(move |_| usage.with(|usage| usage.rate_limit.exceeded_24h));
    let refused_by_24h = Memo::new(move |_| {
        usage.with(|usage| {
            let limits = &usage.rate_limit;
            refused_by(limits.exceeded_24h, limits.exceeded_24h_by_endpoints)
        })
    });
    let peak_text = move || {
        let highest = usage.with(|usage| usage.rate_limit.peak);
        highest.map(|highest| peak(&highest, &short(highest.at)))
    };
    let events = Memo::new(move |_| usage.with(|usage| usage.rate_limit.events.clone()));
    let minute = move |event: RateLimitEvent| {
        view! {
            <li>
                <span>{move || short(event.at)}</span>
                <span>
                    {format!(
                        "{} refused{}, {} of {} admitted",
                        grouped(event.refused.into()),
                        refused_by(event.refused.into(), event.refused_by_endpoints.into())
                            .map(|limits| format!(" ({limits})"))
                            .unwrap_or_default(),
                        grouped(event.admitted.into()),
                        grouped(event.limit.into()),
                    )}
                </span>
            </li>
        }
    };
    let icon = Signal::derive(move || match times.get() {
        0 => IconKind::CircleCheck,
        _ => IconKind::Triangle,
    });
    view! {
        <ul class="limit-events" role="list">
            <li class="limit-events__item" class:is-bad=move || times.get() != 0>
                <Icon kind=icon />
                <div>
                    {move || exceeded(times.get())}
                    {move || {
                        refused_by_24h
                            .get()
                            .map(|limits| {
                                view! {
                                    <p class="is-muted">
                                        {format!("Refused requests: {limits}.")}
                                    </p>
                                }
                            })
                    }}
                </div>
            </li>
            {move || {
                peak_text()
                    .map(|text| {
                        view! {
                            <li class="limit-events__item">
                                <Icon kind=IconKind::TrendingUp />
                                {text}
                            </li>
                        }
                    })
            }}
        </ul>
        <Show when=move || events.with(|events| !events.is_empty())>
            <details class="disclosure">
                <summary class="disclosure__summary">
                    <Icon kind=IconKind::ChevronRight />
                    "Minutes with refused requests "
                    <span class="count">{move || events.with(Vec::len)}</span>
                </summary>
                <ul class="limit-minutes" role="list">
                    {move || events.get().into_iter().map(minute).collect_view()}
                </ul>
            </details>
        </Show>
    }
}

#[component]
fn Recommendation(usage: Signal<ApiUsage>) -> impl IntoView {
    let advice = Memo::new(move |_| usage.with(|usage| advice(&usage.rate_limit)));
    let text = |advice| {
        match advice {
        Advice::BatchOrUpgrade => view! {
            "Consider implementing request batching or upgrading your plan. "
            <A href=BILLING>"View plans →"</A>
        }
        .into_any(),
        Advice::SpreadOut => view! {
            "An endpoint's own limit is the same on every plan. Spread these calls out, or send to many recipients with one campaign."
        }
        .into_any(),
    }
    };
    move || {
        let advice = advice.get()?;
        Some(view! {
            <p class="notice notice--warning notice--compact">
                <Icon kind=IconKind::Triangle />
                <span>{text(advice)}</span>
            </p>
        })
    }
}
