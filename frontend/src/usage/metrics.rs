use crate::{
    ui::icon::{Icon, IconKind},
    usage::logic::{
        change::{Change, Direction, Tone, latency, millis, points, requests},
        query::before_in_words,
    },
};
use leptos::prelude::*;
use shared::number::{counted, grouped, percent};
use shared::usage::{ApiUsage, UsageRange};

/// Placeholder for a missing number.
const NONE: &str = "–";

/// Content of a metric card.
#[derive(Clone, PartialEq)]
struct Metric {
    name: &'static str,
    value: String,
    note: String,
    change: Change,
}

/// Cards of the four main metrics.
#[component]
pub fn Metrics(
    usage: Signal<ApiUsage>,
    range: Signal<UsageRange>,
    /// Set if the usage is filtered by one key.
    is_one_key: Signal<bool>,
) -> impl IntoView {
    let card = move |read: fn(&ApiUsage) -> Metric| {
        let metric = Memo::new(move |_| usage.with(read));
        view! { <Card metric range /> }
    };
    let total = Memo::new(move |_| usage.with(|usage| total_requests(usage, is_one_key.get())));
    view! {
        <h2 class="visually-hidden">"Usage Overview"</h2>
        <dl class="metrics">
            <Card metric=total range />
            {card(success_rate)} {card(response_time)} {card(rate_limit_usage)}
        </dl>
    }
}

#[component]
fn Card(metric: Memo<Metric>, range: Signal<UsageRange>) -> impl IntoView {
    let direction = move || metric.with(|metric| metric.change.direction);
    let icon = move || match direction() {
        Direction::Up => Some(view! { <Icon kind=IconKind::TrendingUp /> }),
        Direction::Down => Some(view! { <Icon kind=IconKind::TrendingDown /> }),
        Direction::Level | Direction::Unknown => None,
    };
    let in_words = move || match direction() {
        Direction::Up => "Up ",
        Direction::Down => "Down ",
        Direction::Level | Direction::Unknown => "",
    };
    let class = move || match metric.with(|metric| metric.change.tone) {
        Tone::Good => "metric__change is-good",
        Tone::Bad => "metric__change is-bad",
        Tone::Neutral => "metric__change",
    };
    view! {
        <div class="card metric">
            <dt>{move || metric.with(|metric| metric.name)}</dt>
            <dd class="metric__value">{move || metric.with(|metric| metric.value.clone())}</dd>
            <dd class="metric__note">{move || metric.with(|metric| metric.note.clone())}</dd>
            <dd class=class>
                {icon}
                <span>
                    <span class="visually-hidden">{in_words}</span>
                    {move || {
                        metric.with(|metric| metric.change.sentence(before_in_words(range.get())))
                    }}
                </span>
            </dd>
        </div>
    }
}

/// Returns the environment in lower case, for use within a sentence.
fn environment(usage: &ApiUsage) -> String {
    usage.environment.label().to_lowercase()
}

fn total_requests(usage: &ApiUsage, is_one_key: bool) -> Metric {
    let (now, before) = (&usage.totals, &usage.previous);
    let environment = environment(usage);
    Metric {
        name: "Total Requests",
        value: grouped(now.requests),
        note: if is_one_key {
            format!("with this {environment} key")
        } else {
            format!("with {environment} keys")
        },
        change: requests(now, before),
    }
}

fn success_rate(usage: &ApiUsage) -> Metric {
    let (now, before) = (&usage.totals, &usage.previous);
    let errors = usage.errors.by_status.iter().map(|row| row.count).sum();
    Metric {
        name: "Success Rate",
        value: now.success_rate.map_or(NONE.into(), percent),
        note: counted(errors, "error"),
        change: points(now.success_rate, before.success_rate, Direction::Up),
    }
}

fn response_time(usage: &ApiUsage) -> Metric {
    let (now, before) = (&usage.totals, &usage.previous);
    let p95 = now.latency_ms_p95.map(|p95| format!("p95 {}", millis(p95)));
    Metric {
        name: "Average Response Time",
        value: now.latency_ms_avg.map_or(NONE.into(), millis),
        note: p95.unwrap_or_default(),
        change: latency(now.latency_ms_avg, before.latency_ms_avg),
    }
}

/// All keys share one limit, so the peak counts all of them even when filtered by one.
fn rate_limit_usage(usage: &ApiUsage) -> Metric {
    let (now, before) = (&usage.totals, &usage.previous);
    let whole = |ratio: f64| percent((ratio * 100.0).round() / 100.0);
    Metric {
        name: "Rate Limit Usage",
        value: format!("{} of limit", whole(now.rate_limit_used.unwrap_or(0.0))),
        note: format!("in the peak minute, all {} keys", environment(usage)),
        change: points(now.rate_limit_used, before.rate_limit_used, Direction::Down),
    }
}
