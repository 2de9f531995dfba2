use crate::ui::panel::Panel;
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
        <Panel
            id="volume"
            title="Request Volume"
            actions=move || view! { <span class="panel__note">{unit}</span> }
        >
            <UsageChart title="Request volume" chart />
        </Panel>
    }
}
