//! Pie chart with a legend that contains all its information.

use crate::usage::usage_chart::picture::ChartPicture;
use crate::{state::theme::ThemeState, usage::logic::errors::ErrorSlice};
use charts::{Picture, PiePicture, Slice};
use leptos::prelude::*;
use shared::number::grouped;

/// Pie chart of failed requests.
#[component]
pub fn PieChart(
    title: &'static str,
    /// Slices, the largest first.
    #[prop(into)]
    slices: Signal<Vec<ErrorSlice>>,
    /// Text below the total in the middle.
    unit: &'static str,
) -> impl IntoView {
    let theme = ThemeState::expect();
    let total = move || slices.with(|slices| slices.iter().map(|slice| slice.count).sum());
    let picture = Memo::new(move |_| {
        let slice = |(index, slice): (usize, &ErrorSlice)| Slice {
            color: theme.color(&format!("--chart-slice-{}", index + 1)),
            value: slice.count as f64,
        };
        let slices = slices.with(|slices| slices.iter().enumerate().map(slice).collect());
        Picture::Pie(PiePicture { slices })
    });
    let row = |(index, slice): (usize, ErrorSlice)| {
        view! {
            <li class="pie__row">
                <span class=format!("pie__swatch is-slice-{}", index + 1)></span>
                <span>{slice.legend()}</span>
                <span class="pie__count">{grouped(slice.count)}</span>
            </li>
        }
    };
    view! {
        <figure class="pie" aria-label=title>
            <div class="pie__picture">
                <ChartPicture picture />
                <p class="pie__total" aria-hidden="true">
                    <strong>{move || grouped(total())}</strong>
                    <span>{unit}</span>
                </p>
            </div>
            <ul class="pie__legend" role="list" aria-label=title>
                {move || slices.get().into_iter().enumerate().map(row).collect_view()}
            </ul>
        </figure>
    }
}
