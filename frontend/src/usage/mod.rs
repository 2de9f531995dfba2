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
    state::remote::Remote,
    ui::{button::Button, problem_notice::ProblemNotice, related::Related},
};
use counted_range::CountedRange;
use empty::Empty;
use endpoints::Endpoints;
use error_breakdown::ErrorBreakdown;
use feed::{Shown, UsageFeed};
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
    let feed = UsageFeed::follow(url.query);
    let keys = fetch_keys();
    Effect::new(move || {
        if let Some((query, usage)) = feed.current()
            && query.key.is_some()
        {
            url.note_environment(usage.environment);
        }
    });
    view! {
        <Header feed />
        <Toolbar url keys />
        <CountedRange feed />
        {move || match feed.shown() {
            Shown::Loading => view! { <Skeleton /> }.into_any(),
            Shown::Failed => view! { <Failure feed url /> }.into_any(),
            Shown::Usage => {
                feed.usage().map(|usage| view! { <Sections feed usage url keys /> }).into_any()
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
        {move || {
            feed.error()
                .map(|error| view! { <ProblemNotice error on_retry=move || feed.load() /> })
        }}
        <Show when=move || url.query.with(|query| query.key.is_some())>
            <p class="usage__way-out">
                <Button on:click=move |_| url.choose_key(None)>
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
    keys: Remote<Page<KeyView>>,
) -> impl IntoView {
    let is_one_key = Signal::derive(move || feed.shown_key().is_some());
    let is_empty = Memo::new(move |_| usage.with(|usage| usage.totals.requests == 0));
    view! {
        <div class="usage" aria-busy=move || feed.is_busy().to_string()>
            <Metrics usage range=feed.shown_range() is_one_key />
            <Show
                when=move || !is_empty.get()
                fallback=move || view! { <Empty usage url range=feed.shown_range() keys /> }
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
