use crate::usage::{show_all::ShowAll, url::UsageUrl};
use crate::{
    keys::logic::query::SortOrder,
    ui::{
        icon::{Icon, IconKind},
        panel::Panel,
    },
    usage::logic::{
        change::millis,
        errors::endpoint_text,
        sort::{EndpointSort, sorted},
    },
};
use leptos::{either::Either, prelude::*};
use shared::number::{grouped, percent};
use shared::usage::{ApiUsage, EndpointUsage, UNKNOWN_PATH};

/// Number of endpoints shown before "View All Endpoints".
const TOP: usize = 5;
/// Maximum number of endpoints shown without the button, which is not worth a click for one or two
/// more rows.
const ALL_UP_TO: usize = 7;

/// Sortable table of endpoints.
#[component]
pub fn Endpoints(
    usage: Signal<ApiUsage>,
    /// Holds the sort order of the table.
    url: UsageUrl,
) -> impl IntoView {
    let all = RwSignal::new(false);
    let total = Memo::new(move |_| usage.with(|usage| usage.endpoints.len()));
    let has_more = Memo::new(move |_| total.get() > ALL_UP_TO);
    let rows = Memo::new(move |_| {
        let (sort, order) = url.sort.get();
        // The top endpoints are those with the most requests, regardless of the sort order.
        let mut top = usage.with(|usage| usage.endpoints.clone());
        if has_more.get() && !all.get() {
            top = sorted(top, EndpointSort::Requests, SortOrder::Descending);
            top.truncate(TOP);
        }
        sorted(top, sort, order)
    });
    view! {
        <Panel id="endpoints" title="Top Endpoints">
            <table class="data-table data-table--cards data-table--sortable">
                <caption class="visually-hidden">"Endpoints, sortable by each column"</caption>
                <thead>
                    <tr>
                        {EndpointSort::ALL
                            .map(|column| view! { <Heading column url /> })
                            .collect_view()}
                    </tr>
                </thead>
                <tbody>{move || rows.get().into_iter().map(row).collect_view()}</tbody>
            </table>
            <Show when=move || has_more.get()>
                <ShowAll
                    all
                    labels=("View All Endpoints", "View Top Endpoints")
                    shown=Signal::derive(move || {
                        format!("{} of {} endpoints", rows.with(Vec::len), total.get())
                    })
                />
            </Show>
        </Panel>
    }
}

#[component]
fn Heading(column: EndpointSort, url: UsageUrl) -> impl IntoView {
    let order = Memo::new(move |_| {
        let (sort, order) = url.sort.get();
        (sort == column).then_some(order)
    });
    let is_number = column != EndpointSort::Endpoint;
    let aria_sort = move || match order.get() {
        Some(SortOrder::Ascending) => "ascending",
        Some(SortOrder::Descending) => "descending",
        None => "none",
    };
    // An unsorted column shows the order that a click would apply, visible on hover.
    let arrow = move || match order.get().unwrap_or(column.natural_order()) {
        SortOrder::Ascending => "↑",
        SortOrder::Descending => "↓",
    };
    view! {
        <th
            scope="col"
            class:is-number=is_number
            aria-sort=aria_sort
        >
            <button type="button" class="sort-button" on:click=move |_| url.sort_by(column)>
                {column.label()}
                <span class="sort-button__arrow" aria-hidden="true">
                    {arrow}
                </span>
            </button>
        </th>
    }
}

fn row(endpoint: EndpointUsage) -> impl IntoView {
    let name = endpoint_text(&endpoint.method, &endpoint.path);
    let has_errors = endpoint.errors != 0;
    let is_unknown = endpoint.path == UNKNOWN_PATH;
    let p95 = format!("95% within {}", millis(endpoint.latency_ms_p95));
    let name = if is_unknown {
        Either::Left(view! { <span class="is-muted">{name}</span> })
    } else {
        Either::Right(view! { <code class="code">{name}</code> })
    };
    view! {
        <tr>
            <th scope="row" class="is-breakable">
                {name}
            </th>
            <td class="is-number" data-label="Requests">
                {grouped(endpoint.requests)}
            </td>
            <td class="is-number" data-label="Success Rate">
                {percent(endpoint.success_rate)}
            </td>
            <td class="is-number" data-label="Avg Response Time" title=p95>
                {millis(endpoint.latency_ms_avg)}
            </td>
            <td class="is-number" data-label="Errors" class:is-bad=has_errors>
                {grouped(endpoint.errors)}
            </td>
        </tr>
    }
}

/// Badge of an HTTP status. Its icon marks failures too, so that color is not the only signal.
#[component]
pub fn StatusCode(
    /// HTTP status of the response.
    status: u16,
) -> impl IntoView {
    let (class, icon) = match status {
        0..400 => ("badge badge--success", IconKind::CircleCheck),
        400..500 => ("badge badge--warning", IconKind::Triangle),
        _ => ("badge badge--danger", IconKind::CircleAlert),
    };
    view! {
        <span class=class>
            <Icon kind=icon />
            {status}
        </span>
    }
}
