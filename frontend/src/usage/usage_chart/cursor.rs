//! Cursor of a chart: exact values of one point, selected by pointer or arrow keys.

use crate::usage::logic::chart::Chart;
use crate::usage::usage_chart::percent;
use leptos::{ev, html, prelude::*};

/// Number of points moved by Page Up and Page Down.
const PAGE: usize = 10;

/// Overlay of the picture. Screen readers see a slider over the points, because they announce its
/// full value text as it moves.
#[component]
pub fn Cursor(
    /// Accessible name of the slider.
    title: &'static str,
    chart: Signal<Chart>,
) -> impl IntoView {
    let field = NodeRef::<html::Div>::new();
    let pointed = RwSignal::new(None::<usize>);
    let stepped = RwSignal::new(None::<usize>);
    let count = Memo::new(move |_| chart.with(|chart| chart.points.len()));
    let last = move || count.get().saturating_sub(1);
    // At rest, the cursor is at the newest point, which users ask for first.
    let index = Memo::new(move |_| {
        pointed
            .get()
            .or(stepped.get())
            .map(|index| index.min(last()))
    });
    let resting = move || index.get().unwrap_or_else(last);

    let on_move = move |event: ev::PointerEvent| {
        let Some(field) = field.get_untracked() else {
            return;
        };
        let place = field.get_bounding_client_rect();
        let across = (f64::from(event.client_x()) - place.left()) / place.width().max(1.0);
        pointed.set(chart.with_untracked(|chart| chart.nearest(across)));
    };
    let on_keydown = move |event: ev::KeyboardEvent| {
        let last = count.get_untracked().saturating_sub(1);
        let at = stepped.get_untracked().unwrap_or(last).min(last);
        let next = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => at.saturating_sub(1),
            "ArrowRight" | "ArrowUp" => at + 1,
            "PageDown" => at.saturating_sub(PAGE),
            "PageUp" => at + PAGE,
            "Home" => 0,
            "End" => last,
            "Escape" => {
                stepped.set(None);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        pointed.set(None);
        stepped.set(Some(next.min(last)));
    };
    view! {
        <div
            class="chart__cursor"
            node_ref=field
            role="slider"
            tabindex="0"
            aria-label=format!("{title}, point by point")
            aria-valuemin="0"
            aria-valuemax=move || last().to_string()
            aria-valuenow=move || resting().to_string()
            aria-valuetext=move || chart.with(|chart| chart.sentence(resting()))
            on:pointermove=on_move
            on:pointerdown=on_move
            on:pointerleave=move |_| pointed.set(None)
            on:keydown=on_keydown
            on:focus=move |_| {
                if pointed.get_untracked().is_none() && stepped.get_untracked().is_none() {
                    stepped.set(Some(count.get_untracked().saturating_sub(1)));
                }
            }
            on:blur=move |_| stepped.set(None)
        >
            {move || index.get().map(|index| view! { <Readout chart index /> })}
        </div>
    }
}

/// Values of a point, beside a vertical line through it.
#[component]
fn Readout(chart: Signal<Chart>, index: usize) -> impl IntoView {
    move || {
        chart.with(|chart| {
            let point = chart.points.get(index)?.clone();
            let across = chart.across(index);
            let is_left = across > 0.5;
            let dots = chart.lines.iter().filter_map(|line| {
                let value = line.values.get(index).copied().flatten()?;
                let class = format!("chart__dot is-{}", line.color.name());
                let height = percent(chart.scale.height(value));
                Some(view! { <span class=class style:left=percent(across) style:bottom=height></span> })
            });
            let rows = chart.lines.iter().enumerate().map(|(number, line)| {
                view! {
                    <div>
                        <dt>
                            <span
                                class=format!("legend__line is-{}", line.color.name())
                                class:is-limit=line.is_limit
                            ></span>
                            {line.name.clone()}
                        </dt>
                        <dd>{chart.value(number, index)}</dd>
                    </div>
                }
            });
            Some(view! {
                <span class="chart__line" style:left=percent(across)></span>
                {dots.collect_view()}
                <div
                    class="chart__readout"
                    class:is-left=is_left
                    style:left=percent(across)
                    data-testid="chart-readout"
                >
                    <p class="chart__time">
                        {point.time}
                        {point.is_partial.then_some(view! { <em>"incomplete"</em> })}
                    </p>
                    <dl>{rows.collect_view()}</dl>
                </div>
            })
        })
    }
}
