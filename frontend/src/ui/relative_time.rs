use crate::{
    format::time,
    state::clock::{self, Clock},
};
use chrono::{DateTime, SecondsFormat, Utc};
use leptos::prelude::*;

/// Relative time such as `2 hours ago`, with date and time as its title; `Never` for `None`.
#[component]
pub fn RelativeTime(
    /// Time in the past or future.
    #[prop(into)]
    at: Signal<Option<DateTime<Utc>>>,
) -> impl IntoView {
    let clock = Clock::expect();
    move || match at.get() {
        Some(moment) => view! {
            <time
                datetime=moment.to_rfc3339_opts(SecondsFormat::Secs, true)
                title=time::date_and_time(clock::local(moment))
            >
                {move || time::relative(moment, clock.now())}
            </time>
        }
        .into_any(),
        None => view! { <span class="is-muted">"Never"</span> }.into_any(),
    }
}
