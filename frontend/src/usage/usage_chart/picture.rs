use crate::ui::button::{Button, ButtonSize};
use crate::usage::chart_worker;
use charts::Picture;
use leptos::{prelude::*, task::spawn_local};

/// Picture of a chart. Keeps the last picture until the next one is drawn; shows an error if
/// drawing fails.
#[component]
pub fn ChartPicture(
    /// Redrawn on every change.
    #[prop(into)]
    picture: Signal<Picture>,
) -> impl IntoView {
    let svg = RwSignal::new(None::<String>);
    let failed = RwSignal::new(false);
    // Number of the newest order; older pictures are dropped.
    let newest = StoredValue::new(0_u64);
    let draw = move |picture: Picture| {
        let number = newest.get_value() + 1;
        newest.set_value(number);
        failed.set(false);
        spawn_local(async move {
            let drawn = chart_worker::draw(picture).await;
            // `None` if the chart has been unmounted.
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
                <Button size=ButtonSize::Small on:click=move |_| draw(picture.get_untracked())>
                    "Try again"
                </Button>
            </div>
        </Show>
    }
}
