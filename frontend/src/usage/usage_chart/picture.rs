//! What the worker draws.

use crate::usage::chart_worker;
use charts::Picture;
use leptos::{prelude::*, task::spawn_local};

/// A picture: the last one until the next one is drawn. If none can be drawn, that is
/// said in its place.
#[component]
pub fn ChartPicture(
    /// What is drawn.
    #[prop(into)]
    picture: Signal<Picture>,
) -> impl IntoView {
    let svg = RwSignal::new(None::<String>);
    let failed = RwSignal::new(false);
    // The number of the newest order; older pictures are not wanted any more.
    let newest = StoredValue::new(0_u64);
    let draw = move |picture: Picture| {
        let number = newest.get_value() + 1;
        newest.set_value(number);
        failed.set(false);
        spawn_local(async move {
            let drawn = chart_worker::draw(picture).await;
            // `None` if the chart is no longer there.
            if newest.try_get_value() == Some(number) {
                failed.set(drawn.is_none());
                svg.set(drawn);
            }
        });
    };
    Effect::new(move || draw(picture.get()));
    view! {
        <div class="chart__picture" aria-hidden="true" inner_html=move || svg.get()></div>
        <Show when=move || failed.get()>
            <div class="chart__failure" role="alert">
                <p>"The picture could not be drawn. The table has its numbers."</p>
                <button
                    type="button"
                    class="button button--secondary button--small"
                    on:click=move |_| draw(picture.get_untracked())
                >
                    "Try again"
                </button>
            </div>
        </Show>
    }
}
