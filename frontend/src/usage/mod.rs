//! Usage page: volume, success rate, response times, errors, rate limit and keys.

pub mod chart_worker;
mod counted_range;
mod custom_range;
mod empty;
mod endpoints;
mod error_breakdown;
mod feed;
mod header;
mod keys;
mod latest_requests;
pub mod logic;
mod metrics;
mod rate_limit;
mod recent_errors;
mod request_drawer;
mod request_lookup;
mod request_table;
mod show_all;
mod skeleton;
pub mod time_zone;
mod toolbar;
mod url;
pub mod usage_chart;
mod volume;

use crate::{
    state::query::{Query, Stage},
    ui::{button::Button, query_view::QueryProblem, related::Related},
};
use counted_range::CountedRange;
use empty::Empty;
use endpoints::Endpoints;
use error_breakdown::ErrorBreakdown;
use feed::{UsageFeed, fetch_usage};
use header::Header;
use keys::Keys;
use latest_requests::LatestRequests;
use leptos::prelude::*;
use metrics::Metrics;
use rate_limit::RateLimitMonitoring;
use recent_errors::RecentErrors;
use request_drawer::RequestDrawer;
use shared::{docs::guide_path, key::KeyView, page::Page, usage::ApiUsage};
use skeleton::Skeleton;
use toolbar::{Toolbar, fetch_keys};
use url::UsageUrl;
use volume::Volume;

/// Usage over time, by endpoint, error and key.
#[component]
pub fn UsageAnalytics() -> impl IntoView {
    let url = UsageUrl::new();
    let feed = fetch_usage(url.query);
    let keys = fetch_keys();
    Effect::new(move || {
        let environment = feed.with(|query, usage| (query.key.is_some(), usage.environment));
        if let Some((true, environment)) = environment
            && feed.is_current()
        {
            url.note_environment(environment);
        }
    });
    let stage = Memo::new(move |_| feed.stage());
    view! {
        <Header feed />
        <Toolbar url keys />
        <CountedRange feed />
        {move || match stage.get() {
            Stage::Loading => view! { <Skeleton /> }.into_any(),
            Stage::Failed => view! { <Failure feed url /> }.into_any(),
            Stage::Ready => {
                feed.signal().map(|usage| view! { <Sections feed usage url keys /> }).into_any()
            }
        }}
        <RequestDrawer url />
        <Related links=vec![
            ("Rate Limiting", guide_path("rate-limiting")),
            ("Error Handling", guide_path("error-handling")),
        ] />
    }
}

/// Error of a failed load. Offers to clear a filter by a key that no longer exists.
#[component]
fn Failure(feed: UsageFeed, url: UsageUrl) -> impl IntoView {
    view! {
        <QueryProblem query=feed />
        <Show when=move || url.query.with(|query| query.key.is_some())>
            <p class="usage__way-out">
                <Button on_click=move || url.choose_key(None)>
                    "Show all keys"
                </Button>
            </p>
        </Show>
    }
}

#[component]
fn Sections(
    feed: UsageFeed,
    usage: Signal<ApiUsage>,
    url: UsageUrl,
    keys: Query<Page<KeyView>>,
) -> impl IntoView {
    // The query of the displayed usage, which may be the previous one.
    let is_one_key =
        Signal::derive(move || feed.with(|query, _| query.key.is_some()) == Some(true));
    let range = Signal::derive(move || feed.with(|query, _| query.range).unwrap_or_default());
    let is_empty = Memo::new(move |_| usage.with(|usage| usage.totals.requests == 0));
    view! {
        <div class="usage" aria-busy=move || feed.is_busy().to_string()>
            <Metrics usage range is_one_key />
            <Show
                when=move || !is_empty.get()
                fallback=move || view! { <Empty usage url range keys /> }
            >
                <Volume usage />
                <Endpoints usage url />
                <div class="usage__pair">
                    <ErrorBreakdown usage />
                    <Keys usage url />
                </div>
                <RecentErrors usage url />
            </Show>
            <LatestRequests feed usage url />
            <RateLimitMonitoring usage />
        </div>
    }
}
