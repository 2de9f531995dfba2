//! Table of a chart's numbers. Always present for screen readers, visible on demand.

use crate::usage::logic::chart::Chart;
use leptos::prelude::*;

#[component]
pub fn ChartTable(
    title: &'static str,
    chart: Signal<Chart>,
    /// Shows the table to sighted users.
    #[prop(into)]
    is_visible: Signal<bool>,
) -> impl IntoView {
    let heads = Memo::new(move |_| {
        chart.with(|chart| {
            chart
                .lines
                .iter()
                .map(|line| line.name.clone())
                .collect::<Vec<_>>()
        })
    });
    let rows = move || {
        chart.with(|chart| {
            // Newest first, as in every other table.
            let row = |(index, point): (usize, &crate::usage::logic::chart::ChartPoint)| {
                let values = (0..chart.lines.len()).map(|line| {
                    view! { <td class="is-number">{chart.value(line, index)}</td> }
                });
                view! {
                    <tr>
                        <th scope="row">
                            {point.time.clone()}
                            {point.is_partial.then_some(view! { <em>" incomplete"</em> })}
                        </th>
                        {values.collect_view()}
                    </tr>
                }
            };
            chart
                .points
                .iter()
                .enumerate()
                .rev()
                .map(row)
                .collect_view()
        })
    };
    view! {
        <div
            class="chart__table"
            class:visually-hidden=move || !is_visible.get()
            // Focusable, so that the arrow keys can scroll it.
            tabindex=move || is_visible.get().then_some("0")
            role="region"
            aria-label=format!("{title} as a table")
        >
            <table class="data-table data-table--flush">
                <caption class="visually-hidden">{title}", the newest first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Time"</th>
                        {move || {
                            heads
                                .get()
                                .into_iter()
                                .map(|name| {
                                    view! {
                                        <th scope="col" class="is-number">
                                            {name}
                                        </th>
                                    }
                                })
                                .collect_view()
                        }}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
