//! A moment, relative to now.

use crate::{
    format::time,
    state::clock::{self, Clock},
};
use chrono::{DateTime, SecondsFormat, Utc};
use leptos::prelude::*;

/// `2 hours ago`, with the date and time as its title; `Never` for no moment.
#[component]
pub fn RelativeTime(
    /// The moment.
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
