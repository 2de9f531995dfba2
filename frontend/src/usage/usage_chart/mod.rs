//! Usage charts. The worker draws the picture; axes, legend, cursor and table are HTML based on the
//! exact numbers.

mod cursor;
mod picture;
mod pie;
mod table;

pub use pie::PieChart;

use crate::{
    state::theme::ThemeState,
    ui::{
        button::{Button, ButtonSize, ButtonVariant},
        icon::{Icon, IconKind},
        unique_id::unique_id,
    },
    usage::logic::chart::{Chart, ChartLine},
};
use charts::Picture;
use cursor::Cursor;
use leptos::prelude::*;
use picture::ChartPicture;
use table::ChartTable;

/// Line chart. Exact values are available by pointer, by arrow keys and as a table.
#[component]
pub fn UsageChart(
    /// Accessible name of the chart.
    title: &'static str,
    /// Points, lines and axes to show.
    #[prop(into)]
    chart: Signal<Chart>,
) -> impl IntoView {
    let theme = ThemeState::expect();
    let picture = Memo::new(move |_| {
        let color = |name: &str| theme.color(&format!("--chart-{name}"));
        Picture::Line(chart.with(|chart| chart.picture(color)))
    });
    let as_table = RwSignal::new(false);
    let plot_id = unique_id("chart");
    let switch_icon = Signal::derive(move || {
        if as_table.get() {
            IconKind::ChartLine
        } else {
            IconKind::Table
        }
    });
    view! {
        <figure class="chart" aria-label=title>
            <div class="chart__head">
                <Legend chart />
                <Button
                    variant=ButtonVariant::Quiet
                    size=ButtonSize::Small
                    class="chart__switch"
                    attr:aria-controls=plot_id.clone()
                    on_click=move || as_table.update(|as_table| *as_table = !*as_table)
                >
                    <Icon kind=switch_icon />
                    {move || if as_table.get() { "Show as chart" } else { "Show as table" }}
                </Button>
            </div>
            <div class="chart__body" id=plot_id>
                <Show when=move || !as_table.get()>
                    <div class="chart__axes">
                        <VerticalAxis chart />
                        <div class="chart__plot">
                            <ChartPicture picture />
                            <Dots chart />
                            <LimitNames chart />
                            <Cursor title chart />
                        </div>
                        <HorizontalAxis chart />
                    </div>
                </Show>
                <ChartTable title chart is_visible=as_table />
            </div>
        </figure>
    }
}

#[component]
fn Legend(chart: Signal<Chart>) -> impl IntoView {
    let lines = Memo::new(move |_| chart.with(|chart| chart.lines.clone()));
    let incomplete = Memo::new(move |_| chart.with(Chart::is_last_partial));
    let item = |line: ChartLine| {
        view! {
            <li class="legend__item">
                <span
                    class=format!("legend__line is-{}", line.color.name())
                    class:is-limit=line.is_limit
                ></span>
                {line.name}
            </li>
        }
    };
    view! {
        <ul class="legend" role="list">
            {move || lines.get().into_iter().map(item).collect_view()}
            <Show when=move || incomplete.get()>
                <li class="legend__item is-muted">
                    <span class="legend__line is-limit"></span>
                    "Not complete yet"
                </li>
            </Show>
        </ul>
    }
}

#[component]
fn VerticalAxis(chart: Signal<Chart>) -> impl IntoView {
    let scale = Memo::new(move |_| chart.with(|chart| chart.scale));
    view! {
        <div class="chart__vertical" aria-hidden="true">
            {move || {
                scale
                    .get()
                    .labels()
                    .map(|(text, height)| {
                        view! { <span style:bottom=percent(height)>{text}</span> }
                    })
                    .collect_view()
            }}
        </div>
    }
}

#[component]
fn HorizontalAxis(chart: Signal<Chart>) -> impl IntoView {
    let labels = Memo::new(move |_| {
        chart.with(|chart| {
            let place = |(index, text): &(usize, String)| (chart.across(*index), text.clone());
            chart.labels.iter().map(place).collect::<Vec<_>>()
        })
    });
    view! {
        <div class="chart__horizontal" aria-hidden="true">
            {move || {
                labels
                    .get()
                    .into_iter()
                    .map(|(across, text)| {
                        view! { <span style:--across=across.to_string()>{text}</span> }
                    })
                    .collect_view()
            }}
        </div>
    }
}

/// Dots of values without neighbors, which no line connects.
#[component]
fn Dots(chart: Signal<Chart>) -> impl IntoView {
    let dots = move || {
        chart.with(|chart| {
            let dot = |(line, index): (usize, usize)| {
                let line = &chart.lines[line];
                let height = chart.scale.height(line.values[index].unwrap_or(0));
                let class = format!("chart__dot is-{}", line.color.name());
                view! {
                    <span
                        class=class
                        style:left=percent(chart.across(index))
                        style:bottom=percent(height)
                    ></span>
                }
            };
            chart.lone_values().into_iter().map(dot).collect_view()
        })
    };
    view! { <div aria-hidden="true">{dots}</div> }
}

/// Names of the limits, at their right ends.
#[component]
fn LimitNames(chart: Signal<Chart>) -> impl IntoView {
    let names = move || {
        chart.with(|chart| {
            let name = |(index, line): (usize, &ChartLine)| {
                let height = chart.end_height(index).filter(|_| line.is_limit)?;
                let class = format!("chart__limit is-{}", line.color.name());
                let name = line.name.clone();
                Some(view! { <span class=class style:bottom=percent(height)>{name}</span> })
            };
            chart
                .lines
                .iter()
                .enumerate()
                .filter_map(name)
                .collect_view()
        })
    };
    view! { <div aria-hidden="true">{names}</div> }
}

fn percent(ratio: f64) -> String {
    format!("{:.3}%", ratio * 100.0)
}
