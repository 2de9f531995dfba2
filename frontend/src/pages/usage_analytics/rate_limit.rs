//! How near the rate limit was, and how near it is.

use crate::{
    components::{
        icon::{Icon, IconKind},
        rate_limit_indicator::RateLimitIndicator,
        status_badge::EnvironmentBadge,
        usage_chart::UsageChart,
    },
    logic::{
        number::grouped,
        site_map::BILLING,
        usage::{
            chart, moment,
            rate_limit::{exceeded, is_endpoint_limit, needs_recommendation, peak},
        },
    },
    state::{clock::Clock, zone::ZoneState},
};
use leptos::prelude::*;
use leptos_router::components::A;
use shared::usage::{ApiUsage, RateLimitEvent};

/// The chart of the rate limit, its events, and its present state.
#[component]
pub fn RateLimitMonitoring(
    /// The usage on show.
    usage: Signal<ApiUsage>,
) -> impl IntoView {
    let zone = ZoneState::expect();
    let environment = Memo::new(move |_| usage.with(|usage| usage.rate_limit.environment));
    let chart = Memo::new(move |_| usage.with(|usage| chart::rate_limit(usage, |t| zone.at(t))));
    let has_points = Memo::new(move |_| chart.with(|chart| !chart.points.is_empty()));
    view! {
        <section class="card panel" aria-labelledby="rate-limit-monitoring">
            <header class="panel__head">
                <h2 class="panel__title" id="rate-limit-monitoring">
                    "Rate Limit Monitoring"
                </h2>
                {move || view! { <EnvironmentBadge environment=environment.get() /> }}
            </header>
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
        </section>
    }
}

#[component]
fn Events(usage: Signal<ApiUsage>) -> impl IntoView {
    let (zone, clock) = (ZoneState::expect(), Clock::expect());
    let short = move |t| moment::short(zone.at(t), zone.at(clock.now()));
    let times = Memo::new(move |_| usage.with(|usage| usage.rate_limit.exceeded_24h));
    let has_endpoint_limit =
        Memo::new(move |_| usage.with(|usage| is_endpoint_limit(&usage.rate_limit)));
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
                        "{} refused, {} of {} admitted",
                        grouped(event.refused.into()),
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
                    <Show when=move || has_endpoint_limit.get()>
                        <p class="is-muted">
                            "Endpoints with a limit of their own, such as POST /v1/emails/send, refuse sooner."
                        </p>
                    </Show>
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
    let is_needed = Memo::new(move |_| usage.with(|usage| needs_recommendation(&usage.rate_limit)));
    view! {
        <Show when=move || is_needed.get()>
            <p class="notice notice--warning">
                <Icon kind=IconKind::Triangle />
                <span>
                    "Consider implementing request batching or upgrading your plan. "
                    <A href=BILLING>"View plans →"</A>
                </span>
            </p>
        </Show>
    }
}
