use crate::usage::feed::UsageFeed;
use crate::usage::{logic::counted_range::widened, time_zone::ZoneState};
use leptos::prelude::*;

/// Shows the counted range if it is wider than the requested one.
#[component]
pub fn CountedRange(
    /// Provides the query and its response.
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
