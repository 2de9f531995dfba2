use crate::ui::panel::Panel;
use crate::usage::{logic::errors::slices, usage_chart::PieChart};
use leptos::prelude::*;
use shared::usage::ApiUsage;

/// Pie chart of failed requests by status.
#[component]
pub fn ErrorBreakdown(
    /// Usage in the selected range.
    usage: Signal<ApiUsage>,
) -> impl IntoView {
    let slices = Memo::new(move |_| usage.with(|usage| slices(&usage.errors.by_status)));
    view! {
        <Panel id="breakdown" title="Error Breakdown">
            <Show
                when=move || slices.with(|slices| !slices.is_empty())
                fallback=|| {
                    view! {
                        <p class="panel__empty">
                            "No errors in this range. Every request succeeded."
                        </p>
                    }
                }
            >
                <PieChart title="Failed requests by status" slices unit="errors" />
            </Show>
        </Panel>
    }
}
