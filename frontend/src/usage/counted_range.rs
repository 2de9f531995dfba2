use crate::usage::feed::UsageFeed;
use crate::usage::{
    logic::{counted_range::widened, query::UsageQuery},
    time_zone::ZoneState,
};
use leptos::prelude::*;
use shared::usage::ApiUsage;

/// Shows the counted range if it is wider than the requested one.
#[component]
pub fn CountedRange(
    /// Provides the query and its response.
    feed: UsageFeed,
) -> impl IntoView {
    let zone = ZoneState::expect();
    let note = Memo::new(move |_| {
        let widened = |query: &UsageQuery, usage: &ApiUsage| {
            widened(query.bounds?, usage, |moment| zone.at(moment))
        };
        feed.with(widened)?.filter(|_| feed.is_current())
    });
    view! {
        <p class="usage-range" role="status">
            {note}
        </p>
    }
}
