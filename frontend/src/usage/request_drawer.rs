//! Details of a request, with the check that rejected it.

use crate::usage::{endpoints::StatusCode, url::UsageUrl};
use crate::{
    api,
    keys::logic::text::details_path,
    logic::site_map::ERRORS,
    state::query::Query,
    ui::{
        copy_button::CopyButton,
        dialog::{Dialog, DialogSize},
        icon::{Icon, IconKind},
        query_view::QueryView,
        status_badge::EnvironmentBadge,
    },
    usage::{
        logic::{
            change::millis,
            errors::endpoint_text,
            moment,
            trace::{Outcome, label, trace},
            zone::offset,
        },
        time_zone::ZoneState,
    },
};
use leptos::{html, prelude::*};
use leptos_router::components::A;
use shared::{
    error::ErrorCode,
    ids::RequestId,
    usage::{Check, RequestDetail, RequestFailure},
};

/// Drawer at the right edge, open while the URL names a request.
#[component]
pub fn RequestDrawer(
    /// Names the request to show.
    url: UsageUrl,
) -> impl IntoView {
    let open = Memo::new(move |_| url.request.with(Option::is_some));
    view! {
        <Dialog
            open
            title="Request"
            on_dismiss=move || url.close_request()
            size=DialogSize::Side
        >
            <div class="dialog__body">
                {move || url.request.get().map(|id| view! { <Lookup id /> })}
            </div>
        </Dialog>
    }
}

#[component]
fn Lookup(id: RequestId) -> impl IntoView {
    let source = NodeRef::<html::Code>::new();
    let text = id.to_string();
    let request = Query::new(async move || api::usage::get_request(&id).await);
    let is_unknown = Memo::new(move |_| {
        let error = request.error();
        error.is_some_and(|error| error.is(ErrorCode::NotFound))
    });
    view! {
        <p class="request__id">
            <code class="code" node_ref=source>
                {text.clone()}
            </code>
            <CopyButton text label="Copy request ID" source />
        </p>
        <Show when=move || !is_unknown.get() fallback=Unknown>
            <QueryView
                query=request
                skeleton=|| {
                    view! {
                        <div class="skeletons">
                            <div class="skeleton skeleton--line"></div>
                            <div class="skeleton skeleton--gauge"></div>
                            <div class="skeleton skeleton--gauge"></div>
                        </div>
                    }
                }
                children=move |request| move || view! { <Details request=request.get() /> }
            />
        </Show>
    }
}

/// Error of an unknown ID. The server's message is not used: it refers to the lookup request, whose
/// own ID would be mistaken for the one that was entered.
#[component]
fn Unknown() -> impl IntoView {
    view! {
        <div class="notice notice--error" role="alert">
            <Icon kind=IconKind::CircleAlert />
            <div class="notice__body">
                <p class="notice__title">"No request with this id."</p>
                <p>
                    "Check the id. Requests are kept for 30 days, and of very many successful ones only some."
                </p>
            </div>
        </div>
    }
}

#[component]
fn Details(request: RequestDetail) -> impl IntoView {
    let zone = ZoneState::expect();
    let at = request.timestamp;
    let checks = trace(&request);
    let when = move || {
        let at = zone.at(at);
        format!("{} ({})", moment::exact(at), offset(at))
    };
    let source = (request.source == "playground")
        .then_some("Sent from the documentation page, in the name of this key");
    view! {
        <div class="request__head">
            <StatusCode status=request.status />
            <code class="request__call is-breakable">{endpoint_text(&request.method, &request.path)}</code>
        </div>
        {request.failure.map(|failure| view! { <Failure failure /> })}
        <dl class="facts">
            <div>
                <dt>"Time"</dt>
                <dd>
                    <time datetime=at.to_rfc3339()>{when}</time>
                </dd>
            </div>
            <div>
                <dt>"Key"</dt>
                <dd>
                    <A href=details_path(&request.key_id)>{request.key_name}</A>
                    " "
                    <EnvironmentBadge environment=request.environment />
                </dd>
            </div>
            {source
                .map(|source| {
                    view! {
                        <div>
                            <dt>"Source"</dt>
                            <dd>{source}</dd>
                        </div>
                    }
                })}
            <div>
                <dt>"Address"</dt>
                <dd>
                    <code class="code is-breakable">{request.client_address}</code>
                </dd>
            </div>
            <div>
                <dt>"Duration"</dt>
                <dd>{millis(request.duration_ms)}</dd>
            </div>
        </dl>
        <section aria-labelledby="request-checks">
            <h3 class="request__title" id="request-checks">
                "Checks"
            </h3>
            <ol class="trace" role="list">
                {checks.map(|(check, outcome)| step(check, outcome)).collect_view()}
            </ol>
        </section>
    }
}

/// Error sent to the client, and the actual cause.
#[component]
fn Failure(failure: RequestFailure) -> impl IntoView {
    let code = failure.error.as_str();
    view! {
        <div class="notice notice--error">
            <Icon kind=IconKind::CircleAlert />
            <div class="notice__body">
                <p class="notice__title">{failure.message}</p>
                <p>
                    <code class="code">{code}</code>
                    " · "
                    <A href=format!("{ERRORS}#{code}")>"What to do about it"</A>
                </p>
            </div>
        </div>
    }
}

fn step(check: Check, outcome: Outcome) -> impl IntoView {
    let (class, icon) = match outcome {
        Outcome::Passed => ("trace__step is-passed", IconKind::Check),
        Outcome::Refused => ("trace__step is-refused", IconKind::X),
        Outcome::NotReached => ("trace__step", IconKind::Minus),
    };
    view! {
        <li class=class>
            <span class="trace__marker">
                <Icon kind=icon />
            </span>
            <span class="trace__name">{label(check)}</span>
            <span class="trace__outcome">{outcome.label()}</span>
        </li>
    }
}
