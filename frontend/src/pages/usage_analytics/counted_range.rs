//! A custom range that was widened, in words.

use super::feed::UsageFeed;
use crate::{logic::usage::counted_range::widened, state::zone::ZoneState};
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
