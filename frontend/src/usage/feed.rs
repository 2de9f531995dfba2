//! Usage data of the page.

use crate::{
    api,
    state::{live::Live, query::Query},
    usage::logic::query::UsageQuery,
};
use chrono::TimeDelta;
use leptos::prelude::*;
use shared::usage::ApiUsage;

/// Maximum age of the data, equal to the server's cache lifetime.
const FRESH: TimeDelta = TimeDelta::seconds(60);

/// Usage data for the query in the URL. Data of the last query stays on the page until newer data
/// arrives.
pub type UsageFeed = Query<ApiUsage, UsageQuery>;

/// Fetches usage for `query` on every change, and once a minute while the page is visible.
pub fn fetch_usage(query: Memo<UsageQuery>) -> UsageFeed {
    let live = Live::expect();
    let fetch = async |query| api::usage::get(&query).await;
    Query::of(move || query.get(), fetch)
        .refreshed_after(FRESH, Signal::derive(move || live.is_page_visible()))
}
