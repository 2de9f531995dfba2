//! Table of the newest failed requests, with a file export of all of them.

use crate::usage::{
    endpoints::StatusCode,
    request_table::{EndpointCell, RequestRow, RequestTable, TimeCell},
    show_all::ShowAll,
    url::UsageUrl,
};
use crate::{
    api,
    state::{
        clock::{self, Clock},
        download,
        toasts::Toasts,
    },
    ui::{
        button::{Button, ButtonSize},
        icon::IconKind,
        panel::Panel,
    },
    usage::{logic::moment, time_zone::ZoneState},
};
use leptos::{prelude::*, task::spawn_local};
use shared::usage::{ApiUsage, FailedRequest};

/// Number of errors shown before "View All Recent Errors".
const NEWEST: usize = 8;

/// Table of recent errors.
#[component]
pub fn RecentErrors(
    usage: Signal<ApiUsage>,
    /// Opens requests, and selects the exported range.
    url: UsageUrl,
) -> impl IntoView {
    let all = RwSignal::new(false);
    let recent = Memo::new(move |_| usage.with(|usage| usage.errors.recent.clone()));
    let rows = move || {
        let mut rows = recent.get();
        if !all.get() {
            rows.truncate(NEWEST);
        }
        rows
    };
    let has_more = Memo::new(move |_| recent.with(Vec::len) > NEWEST);
    let has_errors = Memo::new(move |_| usage.with(|usage| !usage.errors.by_status.is_empty()));
    let empty = move || {
        if has_errors.get() {
            "The errors of this range are counted, but no longer kept one by one: that ends after 30 days."
        } else {
            "No errors in this range."
        }
    };
    view! {
        <Panel
            id="recent-errors"
            title="Recent Errors"
            actions=move || {
                view! {
                    <Export url disabled=Signal::derive(move || recent.with(Vec::is_empty)) />
                }
            }
        >
            <Show
                when=move || recent.with(|recent| !recent.is_empty())
                fallback=move || view! { <p class="panel__empty">{empty}</p> }
            >
                <RequestTable
                    caption="Recent errors, the newest first"
                    columns=["Timestamp", "Endpoint", "Status", "Error", "Details", "Request"]
                >
                    <For
                        each=rows
                        key=|error| error.request_id.clone()
                        children=move |error| view! { <Row error url /> }
                    />
                </RequestTable>
            </Show>
            <Show when=move || has_more.get()>
                <ShowAll
                    all
                    labels=("View All Recent Errors", "View Fewer Errors")
                    shown=Signal::derive(move || {
                        let count = recent.with(Vec::len);
                        let shown = if all.get() { count } else { NEWEST };
                        format!("{shown} of the {count} newest")
                    })
                />
            </Show>
        </Panel>
    }
}

#[component]
fn Row(error: FailedRequest, url: UsageUrl) -> impl IntoView {
    let (zone, clock) = (ZoneState::expect(), Clock::expect());
    view! {
        <RequestRow id=error.request_id url>
            <TimeCell
                at=error.timestamp
                words=move |at| moment::short(at, zone.at(clock.now()))
            />
            <EndpointCell method=error.method path=error.path />
            <td data-label="Status">
                <StatusCode status=error.status />
            </td>
            <td data-label="Error">
                <code class="code">{error.error.as_str()}</code>
            </td>
            <td data-label="Details" class="request-table__details">
                {error.message}
            </td>
        </RequestRow>
    }
}

/// Downloads all errors of the range, filtered by the selected key.
#[component]
fn Export(url: UsageUrl, disabled: Signal<bool>) -> impl IntoView {
    let toasts = Toasts::expect();
    let busy = RwSignal::new(false);
    let export = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let query = url.query.get_untracked();
        let environment = url.environment.get_untracked();
        spawn_local(async move {
            let answer = api::usage::errors_csv(&query).await;
            busy.try_set(false);
            let today = clock::now().date_naive();
            let name = format!("penguinmails-errors-{}-{today}.csv", environment.as_str());
            match answer {
                Ok(csv) if download::save(&name, &csv) => toasts.success(format!("Saved {name}.")),
                Ok(_) => toasts.error("The browser did not allow saving the file."),
                Err(error) => {
                    toasts.error(format!(
                        "The error log was not exported. {}",
                        error.message()
                    ));
                }
            }
        });
    };
    view! {
        <Button
            size=ButtonSize::Small
            icon=IconKind::Download
            class:is-busy=busy
            attr:aria-busy=move || busy.get().then_some("true")
            disabled=disabled
            on_click=export
        >
            "Export Error Log"
        </Button>
    }
}
