//! Live indicator of rate limit usage.

use crate::ui::{
    icon::{Icon, IconKind},
    query_view::QueryProblem,
    unique_id::unique_id,
};
use crate::{
    api,
    logic::rate_limit::{
        Level, Reading, nearest_endpoint, percent_used, refusing_endpoint, reset, usage,
    },
    logic::site_map::BILLING,
    state::{
        clock,
        live::Live,
        query::{Query, Stage},
    },
};
use leptos::prelude::*;
use leptos_router::components::A;
use shared::number::grouped;
use shared::{key::Environment, rate_limit::EndpointRateLimit};
use std::time::Duration;

/// Rate limit of the plan, usage in the last minute, and burst capacity. Follows live events;
/// fetches from the server on load and after every gap in the events.
#[component]
pub fn RateLimitIndicator(
    /// Selects one of the two rate limits.
    #[prop(into)]
    environment: Signal<Environment>,
) -> impl IntoView {
    let live = Live::expect();
    let query = Query::of(
        move || environment.get(),
        async move |environment| {
            let view = api::rate_limit::get(environment).await?;
            live.note_rate_limit(environment, view);
            Ok(())
        },
    )
    .refreshed_on(move || live.gaps());
    let reading = Memo::new(move |_| live.rate_limit(environment.get()));
    // A reading from live events is as good as a response.
    let stage = Memo::new(move |_| match query.stage() {
        _ if reading.with(Option::is_some) => Stage::Ready,
        Stage::Failed => Stage::Failed,
        _ => Stage::Loading,
    });
    move || match stage.get() {
        Stage::Ready => view! { <Gauge reading /> }.into_any(),
        Stage::Failed => view! { <QueryProblem query /> }.into_any(),
        Stage::Loading => view! {
            <div class="gauge" role="status">
                <span class="visually-hidden">"Loading…"</span>
                <div class="skeleton skeleton--line"></div>
                <div class="skeleton skeleton--gauge"></div>
            </div>
        }
        .into_any(),
    }
}

#[component]
fn Gauge(reading: Memo<Option<Reading>>) -> impl IntoView {
    // The view is only rendered with a reading.
    let of = move |read: fn(&Reading) -> String| {
        Memo::new(move |_| {
            reading
                .with(|reading| reading.as_ref().map(read))
                .unwrap_or_default()
        })
    };
    let plan = of(|reading| reading.view.plan.label().into());
    let rate = of(|reading| {
        let rate = grouped(reading.view.rate_per_minute.into());
        format!("{rate} requests/minute")
    });
    let burst = of(|reading| format!("{} requests", grouped(reading.view.burst.into())));
    let left = of(|reading| format!("{} left", grouped(reading.view.burst_remaining.into())));
    view! {
        <div class="gauge">
            <div class="gauge__head">
                <p class="gauge__plan">{plan}</p>
                <p class="is-muted">{rate}</p>
            </div>
            <Bar reading />
            <dl class="gauge__facts">
                <div>
                    <dt>"Burst Capacity"</dt>
                    <dd>{burst} <span class="is-muted">" · " {left}</span></dd>
                </div>
                <div>
                    <dt>"Reset Time"</dt>
                    <dd>
                        <Reset reading />
                    </dd>
                </div>
                <EndpointLimits reading />
            </dl>
            <Prompt reading />
        </div>
    }
}

#[component]
fn Bar(reading: Memo<Option<Reading>>) -> impl IntoView {
    let percent =
        Memo::new(move |_| reading.with(|r| r.as_ref().map_or(0, |r| percent_used(&r.view))));
    let text = Memo::new(move |_| {
        reading.with(|r| r.as_ref().map(|r| usage(&r.view)).unwrap_or_default())
    });
    let level = level(reading);
    let is_warning = move || level.get() == Level::Warning;
    let is_critical = move || level.get() >= Level::Critical;
    let label_id = unique_id("usage");
    view! {
        <div class="gauge__usage">
            <p class="gauge__text" id=label_id.clone()>
                <span>"Current Usage"</span>
                <strong>{text}</strong>
            </p>
            <div
                class="meter"
                class:is-warning=is_warning
                class:is-critical=is_critical
                role="progressbar"
                aria-labelledby=label_id
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=move || percent.get().min(100).to_string()
                aria-valuetext=text
            >
                <div
                    class="meter__fill"
                    style:transform=move || {
                        format!("scaleX({:.3})", f64::from(percent.get().min(100)) / 100.0)
                    }
                ></div>
            </div>
        </div>
    }
}

/// Time until reset, counting down between events.
#[component]
fn Reset(reading: Memo<Option<Reading>>) -> impl IntoView {
    let now = RwSignal::new(clock::now());
    let tick = set_interval_with_handle(move || now.set(clock::now()), Duration::from_secs(1));
    on_cleanup(move || {
        if let Ok(tick) = tick {
            tick.clear();
        }
    });
    let text = Memo::new(move |_| {
        let now = now.get();
        reading.with(|r| {
            r.as_ref()
                .map(|r| reset(r.reset_seconds(now)))
                .unwrap_or_default()
        })
    });
    // Screen readers don't announce a timer, but find it by its name.
    view! {
        <span role="timer" aria-label="Reset Time">
            {text}
        </span>
    }
}

/// Limits of single endpoints, which apply in addition to the plan's.
#[component]
fn EndpointLimits(reading: Memo<Option<Reading>>) -> impl IntoView {
    let limits = Memo::new(move |_| {
        reading.with(|reading| {
            let view = &reading.as_ref()?.view;
            let nearest = nearest_endpoint(view).cloned();
            Some((view.endpoints.clone(), nearest))
        })
    });
    let line = |endpoint: EndpointRateLimit, is_nearest: bool| {
        view! {
            <div>
                <dt>
                    <code class="code">{format!("{} {}", endpoint.method, endpoint.path)}</code>
                </dt>
                <dd>
                    {format!("{}/minute", grouped(endpoint.rate_per_minute.into()))}
                    <span class="is-muted">
                        {format!(" · {} left", grouped(endpoint.burst_remaining.into()))}
                    </span>
                    {is_nearest
                        .then(|| {
                            view! { <span class="badge badge--outline">"Nearest limit"</span> }
                        })}
                </dd>
            </div>
        }
    };
    move || {
        let (endpoints, nearest) = limits.get().unwrap_or_default();
        endpoints
            .into_iter()
            .map(|endpoint| {
                let is_nearest = nearest.as_ref() == Some(&endpoint);
                line(endpoint, is_nearest)
            })
            .collect_view()
    }
}

/// Advice while usage is near the limit.
#[component]
fn Prompt(reading: Memo<Option<Reading>>) -> impl IntoView {
    let level = level(reading);
    let refusing = Memo::new(move |_| {
        reading.with(|reading| refusing_endpoint(&reading.as_ref()?.view).cloned())
    });
    move || match level.get() {
        // A larger plan doesn't raise the limit of an endpoint.
        level if level < Level::Exceeded && refusing.with(Option::is_some) => refusing
            .get()
            .map(|endpoint| view! { <EndpointPrompt endpoint /> }.into_any()),
        Level::Normal => None,
        Level::Warning | Level::Critical => Some(
            view! {
                <p class="notice notice--warning notice--compact" role="status">
                    <Icon kind=IconKind::Triangle />
                    <span>
                        "Approaching rate limit. " <A href=BILLING>"Upgrade plan →"</A>
                        " for higher limits."
                    </span>
                </p>
            }
            .into_any(),
        ),
        Level::Exceeded => Some(
            view! {
                <p class="notice notice--error notice--compact" role="status">
                    <Icon kind=IconKind::CircleAlert />
                    <span>
                        "Rate limit exceeded. Upgrade plan for higher limits. "
                        <A href=BILLING>"View plans →"</A>
                    </span>
                </p>
            }
            .into_any(),
        ),
    }
}

#[component]
fn EndpointPrompt(endpoint: EndpointRateLimit) -> impl IntoView {
    view! {
        <p class="notice notice--error notice--compact" role="status">
            <Icon kind=IconKind::CircleAlert />
            <span>
                {format!(
                    "Rate limit of {} {} exceeded: {} requests per minute on every plan. Spread the calls out.",
                    endpoint.method,
                    endpoint.path,
                    grouped(endpoint.rate_per_minute.into()),
                )}
            </span>
        </p>
    }
}

fn level(reading: Memo<Option<Reading>>) -> Memo<Level> {
    Memo::new(move |_| reading.with(|r| r.as_ref().map_or(Level::Normal, Reading::level)))
}
