use crate::{
    api::ApiError,
    state::query::{Query, Stage},
    ui::button::{Button, ButtonSize},
    usage::chart_worker,
};
use charts::Picture;
use leptos::prelude::*;

/// Picture of a chart. Keeps the last picture until the next one is drawn; shows an error if
/// drawing fails.
#[component]
pub fn ChartPicture(
    /// Redrawn on every change.
    #[prop(into)]
    picture: Signal<Picture>,
) -> impl IntoView {
    let svg = Query::of(
        move || picture.get(),
        async |picture| {
            chart_worker::draw(picture)
                .await
                .ok_or(ApiError::PartMissing)
        },
    );
    let failed = Memo::new(move |_| svg.stage() == Stage::Failed);
    view! {
        <div class="chart__picture" aria-hidden="true" inner_html=move || svg.data()></div>
        <Show when=move || failed.get()>
            <div class="chart__failure" role="alert">
                <p>"The picture could not be drawn. The table has its numbers."</p>
                <Button size=ButtonSize::Small on_click=move || svg.retry()>
                    "Try again"
                </Button>
            </div>
        </Show>
    }
}
