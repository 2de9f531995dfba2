//! Table of requests, with the cells shared by such tables.

use crate::usage::url::UsageUrl;
use crate::{
    format::time,
    usage::{
        logic::{errors::endpoint_text, query::short_request_id},
        time_zone::ZoneState,
    },
};
use chrono::{DateTime, FixedOffset, Utc};
use leptos::prelude::*;
use shared::ids::RequestId;

/// Table with one row per request.
#[component]
pub fn RequestTable(
    /// Content of the table, for screen readers.
    caption: &'static str,
    columns: [&'static str; 6],
    children: ChildrenFn,
) -> impl IntoView {
    view! {
        <table class="data-table data-table--cards request-table">
            <caption class="visually-hidden">{caption}</caption>
            <thead>
                <tr>
                    {columns.map(|name| view! { <th scope="col">{name}</th> }).collect_view()}
                </tr>
            </thead>
            <tbody>{children()}</tbody>
        </table>
    }
}

/// Row that opens its request on click; the last cell has a button for keyboard users.
#[component]
pub fn RequestRow(
    id: RequestId,
    url: UsageUrl,
    /// All cells except the last one.
    children: Children,
) -> impl IntoView {
    let text = id.to_string();
    let short = short_request_id(&id);
    view! {
        <tr class="is-link" on:click=move |_| url.open_request(id.clone())>
            {children()}
            <td data-label="Request">
                <button type="button" class="link-button code request-table__id" title=text>
                    {short}
                </button>
            </td>
        </tr>
    }
}

/// Time of the request in the selected time zone, in short form with the full time as its title.
#[component]
pub fn TimeCell<F>(
    at: DateTime<Utc>,
    /// Formats the short form.
    words: F,
) -> impl IntoView
where
    F: Fn(DateTime<FixedOffset>) -> String + Send + Sync + 'static,
{
    let zone = ZoneState::expect();
    view! {
        <td data-label="Timestamp">
            <time
                datetime=at.to_rfc3339()
                title=move || time::date_and_time(zone.at(at))
            >
                {move || words(zone.at(at))}
            </time>
        </td>
    }
}

#[component]
pub fn EndpointCell(
    /// HTTP method; empty if no route matched.
    method: String,
    path: String,
) -> impl IntoView {
    view! {
        <td data-label="Endpoint" class="request-table__endpoint">
            <code class="code">{endpoint_text(&method, &path)}</code>
        </td>
    }
}
