//! A custom range that was widened, in words.

use crate::usage::feed::UsageFeed;
use crate::usage::{logic::counted_range::widened, time_zone::ZoneState};
use leptos::prelude::*;

/// Says which range was counted if it is not the one that was asked for.
#[component]
pub fn CountedRange(
    /// The usage on show.
    feed: UsageFeed,
) -> impl IntoView {
    let zone = ZoneState::expect();
    let note = Memo::new(move |_| {
        let (query, usage) = feed.current()?;
        widened(query.bounds?, &usage, |moment| zone.at(moment))
    });
    view! {
        <p class="usage-range" role="status">
            {note}
        </p>
    }
}
