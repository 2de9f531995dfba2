use crate::usage::{
    endpoints::StatusCode,
    feed::UsageFeed,
    request_table::{EndpointCell, RequestRow, RequestTable, TimeCell},
    url::UsageUrl,
};
use crate::{
    state::live::Live,
    ui::{live_marker::LiveMarker, panel::Panel},
    usage::logic::{change::millis, moment},
};
use leptos::prelude::*;
use shared::number::counted;
use shared::{live::LiveRequest, usage::ApiUsage};

/// Number of requests shown.
const SHOWN: usize = 8;

/// Latest requests since sign-in, regardless of the range.
#[component]
pub fn LatestRequests(
    feed: UsageFeed,
    usage: Signal<ApiUsage>,
    /// Selects the environment and key.
    url: UsageUrl,
) -> impl IntoView {
    let live = Live::expect();
    let key = Memo::new(move |_| url.query.with(|query| query.key.clone()));
    let is_asked = move |request: &LiveRequest| {
        key.with(|key| {
            let Some(key) = key else {
                return request.environment == url.environment.get();
            };
            // A key and its rotated predecessors count as one, once the response names their
            // lineage.
            let is_shown = feed.with(|query, _| query.key.as_ref() == Some(key)) == Some(true);
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
    let sample = move || {
        let kept = "Single requests are kept as a sample: one successful request a second, ten \
                    failed ones, and more in short bursts. All counts on this page include every request.";
        match usage.with(|usage| usage.not_logged) {
            0 => kept.to_owned(),
            left => format!(
                "{kept} In this range, {} were counted only.",
                counted(left, "request")
            ),
        }
    };
    view! {
        <Panel
            id="latest-requests"
            title="Latest Requests"
            actions=|| {
                view! {
                    <LiveMarker
                        live="Requests appear within a second. Under heavy load, a sample."
                        polling=("Paused", "There is no live connection at the moment.")
                        offline="Requests appear again when the network is back."
                    />
                }
            }
        >
            <Show
                when=move || rows.with(|rows| !rows.is_empty())
                fallback=move || {
                    let environment = move || url.environment.get().label().to_lowercase();
                    view! {
                        <p class="panel__empty">
                            "Waiting for a " {environment}
                            " request: it appears here as soon as it completes."
                        </p>
                    }
                }
            >
                <RequestTable
                    caption="Latest requests, the newest first"
                    columns=["Timestamp", "Endpoint", "Status", "Response Time", "API Key", "Request"]
                >
                    <For
                        each=move || rows.get()
                        key=|request| request.request_id.clone()
                        children=move |request| view! { <Row request usage url /> }
                    />
                </RequestTable>
            </Show>
            <p class="panel__note panel__note--below">{sample}</p>
        </Panel>
    }
}

#[component]
fn Row(request: LiveRequest, usage: Signal<ApiUsage>, url: UsageUrl) -> impl IntoView {
    let (lineage, key_id) = (request.lineage_id, request.key_id);
    let key_name = move || {
        usage.with(|usage| {
            let key = usage.keys.iter().find(|key| key.lineage_id == lineage);
            key.map_or_else(|| key_id.to_string(), |key| key.name.clone())
        })
    };
    view! {
        <RequestRow id=request.request_id url>
            <TimeCell at=request.at words=moment::to_the_second />
            <EndpointCell method=request.method path=request.path />
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
        </RequestRow>
    }
}
