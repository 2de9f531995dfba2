//! The active sessions of the user.

use crate::{
    api::{self, ApiError},
    state::{attempt::Attempt, remote::Remote, session::Session, toasts::Toasts},
    ui::{
        icon::{Icon, IconKind},
        problem_notice::ProblemNotice,
        relative_time::RelativeTime,
        remote_view::RemoteView,
    },
};
use leptos::{html, prelude::*, task::spawn_local};
use shared::number::counted;
use shared::{error::ErrorCode, page::Page, session::SessionEntry};

/// The user's sessions, each with a button to end it.
#[component]
pub fn Sessions(
    sessions: Remote<Page<SessionEntry>>,
    /// Called after sessions were ended.
    #[prop(into)]
    reload: Callback<()>,
) -> impl IntoView {
    let toasts = Toasts::expect();
    let attempt = Attempt::new();
    let heading = NodeRef::<html::H2>::new();
    // The pressed button is about to be removed, so move the focus.
    let focus_heading = move || {
        if let Some(heading) = heading.get_untracked() {
            heading.focus().ok();
        }
    };
    let others = Memo::new(move |_| {
        let total = sessions.data().map(|page| page.total);
        total.unwrap_or_default().saturating_sub(1)
    });
    let end_others = move |_| {
        attempt.run(
            async || api::auth::end_other_sessions().await,
            move |result| {
                toasts.success(format!("{} ended.", counted(result.ended, "session")));
                focus_heading();
                reload.run(());
            },
        );
    };
    let end = Callback::new(move |entry: SessionEntry| {
        let browser = entry.browser.clone();
        attempt.run(
            async move || end_if_open(&entry).await,
            move |()| {
                toasts.success(format!("The session of {browser} has ended."));
                focus_heading();
                reload.run(());
            },
        );
    });
    view! {
        <section class="card panel account__sessions" aria-labelledby="sessions">
            <header class="panel__head">
                <h2 class="panel__title" id="sessions" tabindex="-1" node_ref=heading>
                    "Sessions"
                </h2>
                <Show when=move || { others.get() > 0 }>
                    <button
                        type="button"
                        class="button button--secondary button--small"
                        disabled=attempt.busy()
                        on:click=end_others
                    >
                        "End all others"
                    </button>
                </Show>
            </header>
            {move || attempt.error().map(|error| view! { <ProblemNotice error /> })}
            <RemoteView
                remote=sessions
                skeleton=|| {
                    view! {
                        <div class="panel__body">
                            <div class="skeleton skeleton--line"></div>
                            <div class="skeleton skeleton--line"></div>
                        </div>
                    }
                }
                children=move |page| {
                    view! {
                        <ul class="sessions" role="list">
                            <For
                                each=move || page.get().data
                                key=|entry| (entry.id.clone(), entry.last_seen_at)
                                children=move |entry| view! { <SessionRow entry attempt end /> }
                            />
                        </ul>
                        <p class="panel__empty panel__empty--compact">
                            {move || page.with(remark)}
                        </p>
                    }
                }
            />
        </section>
    }
}

/// Returns the note below the list.
fn remark(page: &Page<SessionEntry>) -> String {
    match page.total {
        0 | 1 => "You are not signed in anywhere else.".to_owned(),
        total if total > page.data.len() as u64 => {
            format!("The last {} of {total} sessions.", page.data.len())
        }
        _ => "If you do not recognize a session, end it and change your password.".to_owned(),
    }
}

/// Ends a session. Succeeds if it has already ended.
async fn end_if_open(entry: &SessionEntry) -> Result<(), ApiError> {
    match api::auth::end_session(&entry.id).await {
        Err(error) if error.is(ErrorCode::NotFound) => Ok(()),
        result => result,
    }
}

#[component]
fn SessionRow(entry: SessionEntry, attempt: Attempt, end: Callback<SessionEntry>) -> impl IntoView {
    let started = entry.started_at;
    let last_seen = entry.last_seen_at;
    let browser = entry.browser.clone();
    let address = entry.address.clone();
    let is_current = entry.current;
    let button = if is_current {
        view! { <SignOutButton /> }.into_any()
    } else {
        let label = format!("End the session of {browser} from {address}");
        view! {
            <button
                type="button"
                class="button button--secondary button--small"
                aria-label=label
                disabled=attempt.busy()
                on:click=move |_| end.run(entry.clone())
            >
                "End"
            </button>
        }
        .into_any()
    };
    view! {
        <li class="sessions__row">
            <Icon kind=IconKind::Monitor />
            <div class="sessions__facts">
                <p class="sessions__browser">
                    {browser}
                    {is_current
                        .then(|| view! { <span class="badge badge--success">"This session"</span> })}
                </p>
                <p class="is-secondary">
                    <span class="is-breakable">{address}</span>
                    " · Started "
                    <RelativeTime at=Some(started) />
                    " · Last seen "
                    <RelativeTime at=Some(last_seen) />
                </p>
            </div>
            {button}
        </li>
    }
}

#[component]
fn SignOutButton() -> impl IntoView {
    let session = Session::expect();
    let toasts = Toasts::expect();
    let sign_out = move |_| {
        spawn_local(async move {
            if let Err(error) = session.sign_out().await {
                toasts.error(error.message());
            }
        });
    };
    view! {
        <button type="button" class="button button--secondary button--small" on:click=sign_out>
            "Sign out"
        </button>
    }
}
