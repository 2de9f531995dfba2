use crate::usage::{
    logic::{chart, moment::DAY_SECONDS},
    time_zone::ZoneState,
    usage_chart::UsageChart,
};
use leptos::prelude::*;
use shared::usage::ApiUsage;

/// Chart of requests over time.
#[component]
pub fn Volume(
    /// Usage in the selected range.
    usage: Signal<ApiUsage>,
) -> impl IntoView {
    let zone = ZoneState::expect();
    let chart = Memo::new(move |_| usage.with(|usage| chart::requests(usage, |t| zone.at(t))));
    let unit = move || match usage.with(|usage| usage.range.bucket_seconds) {
        0..=60 => "per minute",
        DAY_SECONDS.. => "per day, in UTC",
        _ => "per hour",
    };
    view! {
        <section class="card panel" aria-labelledby="volume">
            <header class="panel__head">
                <h2 class="panel__title" id="volume">
                    "Request Volume"
                </h2>
                <span class="panel__note">{unit}</span>
            </header>
            <UsageChart title="Request volume" chart />
        </section>
    }
}
