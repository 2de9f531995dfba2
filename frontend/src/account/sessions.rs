//! The active sessions of the user.

use crate::{
    api::{self, ApiError},
    state::{mutation::Mutation, query::Query, sign_out::sign_out, toasts::Toasts},
    ui::{
        button::{Button, ButtonSize},
        form::FormError,
        icon::{Icon, IconKind},
        panel::Panel,
        query_view::QueryView,
        relative_time::RelativeTime,
    },
};
use leptos::{html, prelude::*};
use shared::number::counted;
use shared::{error::ErrorCode, page::Page, session::SessionEntry};

/// The user's sessions, each with a button to end it.
#[component]
pub fn Sessions(
    sessions: Query<Page<SessionEntry>>,
    /// Called after sessions were ended.
    #[prop(into)]
    reload: Callback<()>,
) -> impl IntoView {
    let toasts = Toasts::expect();
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
    let end = Mutation::new(
        async |ending: &Ending| end(ending).await,
        move |ending, ended| {
            toasts.success(match ending {
                Ending::One(entry) => format!("The session of {} has ended.", entry.browser),
                Ending::AllOthers => format!("{} ended.", counted(ended, "session")),
            });
            focus_heading();
            reload.run(());
        },
    );
    view! {
        <Panel
            id="sessions"
            title="Sessions"
            class="account__sessions"
            heading
            actions=move || {
                view! {
                    <Show when=move || { others.get() > 0 }>
                        <Button
                            size=ButtonSize::Small
                            disabled=end.pending()
                            on_click=move || end.dispatch(Ending::AllOthers)
                        >
                            "End all others"
                        </Button>
                    </Show>
                }
            }
        >
            <FormError error=end.error() />
            <QueryView
                query=sessions
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
                                children=move |entry| view! { <SessionRow entry end /> }
                            />
                        </ul>
                        <p class="panel__empty panel__empty--compact">
                            {move || page.with(remark)}
                        </p>
                    }
                }
            />
        </Panel>
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

/// Sessions to end.
#[derive(Clone)]
enum Ending {
    One(SessionEntry),
    /// All except the current one.
    AllOthers,
}

/// Ends sessions and returns their number. Succeeds if a session has already ended.
async fn end(ending: &Ending) -> Result<u64, ApiError> {
    let entry = match ending {
        Ending::AllOthers => {
            let result = api::auth::end_other_sessions().await?;
            return Ok(result.ended);
        }
        Ending::One(entry) => entry,
    };
    match api::auth::end_session(&entry.id).await {
        Err(error) if !error.is(ErrorCode::NotFound) => Err(error),
        _ => Ok(1),
    }
}

#[component]
fn SessionRow(entry: SessionEntry, end: Mutation<Ending>) -> impl IntoView {
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
            <Button
                size=ButtonSize::Small
                disabled=end.pending()
                label=label
                on_click=move || end.dispatch(Ending::One(entry.clone()))
            >
                "End"
            </Button>
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
    let sign_out = sign_out();
    view! {
        <Button size=ButtonSize::Small on_click=move || sign_out.dispatch(())>
            "Sign out"
        </Button>
    }
}
