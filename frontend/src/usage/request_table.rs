//! A table of single requests, and the cells that every such table has.

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

/// The table.
#[component]
pub fn RequestTable(
    /// What is in it, for screen readers.
    caption: &'static str,
    /// The headings.
    columns: [&'static str; 6],
    /// The rows.
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

/// A row, which opens its request; its last cell does for the keyboard.
#[component]
pub fn RequestRow(
    /// The request.
    id: RequestId,
    /// What the page is about.
    url: UsageUrl,
    /// The cells but for the last one.
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

/// When it was, in the zone of the page; `words` says it in short.
#[component]
pub fn TimeCell<F>(
    /// The moment.
    at: DateTime<Utc>,
    /// Says it in short.
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

/// What was called.
#[component]
pub fn EndpointCell(
    /// HTTP method; empty if no route matched.
    method: String,
    /// Route template.
    path: String,
) -> impl IntoView {
    view! {
        <td data-label="Endpoint" class="request-table__endpoint">
            <code class="code">{endpoint_text(&method, &path)}</code>
        </td>
    }
}
