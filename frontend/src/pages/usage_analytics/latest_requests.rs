//! Requests as they are answered.

use super::{endpoints::StatusCode, feed::UsageFeed, url::UsageUrl};
use crate::{
    components::live_marker::LiveMarker,
    logic::{
        time,
        usage::{change::millis, errors::endpoint_text, moment, query::short_request_id},
    },
    state::{live::Live, zone::ZoneState},
};
use leptos::prelude::*;
use shared::{live::LiveRequest, usage::ApiUsage};

/// How many are shown.
const SHOWN: usize = 8;

/// The newest requests since someone has signed in, whatever the range.
#[component]
pub fn LatestRequests(
    /// How the usage on show is fetched.
    feed: UsageFeed,
    /// The usage on show.
    usage: Signal<ApiUsage>,
    /// What the page is about.
    url: UsageUrl,
) -> impl IntoView {
    let live = Live::expect();
    let key = Memo::new(move |_| url.query.with(|query| query.key.clone()));
    let is_asked = move |request: &LiveRequest| {
        key.with(|key| {
            let Some(key) = key else { return true };
            // Keys that replaced each other count as one, once the answer tells which.
            let is_shown = feed.shown_key().as_ref() == Some(key);
            let is_of_lineage = |usage: &ApiUsage| {
                let row = usage.keys.first();
                row.is_some_and(|row| row.lineage_id == request.lineage_id)
            };
            request.key_id == *key || is_shown && usage.with(is_of_lineage)
        })
    };
    let rows = Memo::new(move |_| {
        let latest = live.latest_requests().into_iter();
        latest.filter(is_asked).take(SHOWN).collect::<Vec<_>>()
    });
    view! {
        <section class="card panel" aria-labelledby="latest-requests">
            <header class="panel__head">
                <h2 class="panel__title" id="latest-requests">
                    "Latest Requests"
                </h2>
                <LiveMarker
                    live="Requests appear within a second of their answer; of many at once, some."
                    polling=("Paused", "There is no live connection at the moment.")
                    offline="Requests appear again when the network is back."
                />
            </header>
            <Show
                when=move || rows.with(|rows| !rows.is_empty())
                fallback=|| {
                    view! {
                        <p class="panel__empty">
                            "Waiting for a request: it appears here as soon as it is answered."
                        </p>
                    }
                }
            >
                <table class="data-table data-table--cards request-table">
                    <caption class="visually-hidden">"Latest requests, the newest first"</caption>
                    <thead>
                        <tr>
                            {["Timestamp", "Endpoint", "Status", "Response Time", "API Key", "Request"]
                                .map(|name| view! { <th scope="col">{name}</th> })
                                .collect_view()}
                        </tr>
                    </thead>
                    <tbody>
                        <For
                            each=move || rows.get()
                            key=|request| request.request_id.clone()
                            children=move |request| view! { <Row request usage url /> }
                        />
                    </tbody>
                </table>
            </Show>
        </section>
    }
}

/// One request. The whole row opens it; its last cell does for the keyboard.
#[component]
fn Row(request: LiveRequest, usage: Signal<ApiUsage>, url: UsageUrl) -> impl IntoView {
    let zone = ZoneState::expect();
    let at = request.at;
    let id = StoredValue::new(request.request_id.clone());
    let open = move |_| url.open_request(id.get_value());
    let (lineage, key_id) = (request.lineage_id, request.key_id);
    let key_name = move || {
        usage.with(|usage| {
            let key = usage.keys.iter().find(|key| key.lineage_id == lineage);
            key.map_or_else(|| key_id.to_string(), |key| key.name.clone())
        })
    };
    view! {
        <tr class="is-link" on:click=open>
            <td data-label="Timestamp">
                <time datetime=at.to_rfc3339() title=move || time::date_and_time(zone.at(at))>
                    {move || moment::to_the_second(zone.at(at))}
                </time>
            </td>
            <td data-label="Endpoint" class="request-table__endpoint">
                <code class="code">{endpoint_text(&request.method, &request.path)}</code>
            </td>
            <td data-label="Status">
                <StatusCode status=request.status />
            </td>
            <td data-label="Response Time">
                {match request.duration_ms {
                    0 => "<1ms".to_owned(),
                    ms => millis(ms.into()),
                }}
            </td>
            <td data-label="API Key">{key_name}</td>
            <td data-label="Request">
                <button
                    type="button"
                    class="link-button code request-table__id"
                    title=request.request_id.to_string()
                >
                    {short_request_id(&request.request_id)}
                </button>
            </td>
        </tr>
    }
}
