//! Pages that need someone who is signed in.

use crate::{
    logic::next_path::login_with_next,
    pages::no_access::NoAccess,
    state::session::{Session, SessionState},
    ui::{problem_notice::ProblemNotice, skeletons::PageSkeleton},
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions, components::Redirect, hooks::use_location, params::ParamsMap,
};
use shared::role::Role;

/// What the guard decides; compared, so that the page is not drawn anew when a
/// detail of the session changes.
#[derive(Clone, PartialEq)]
enum Verdict {
    Wait,
    Failed(crate::api::ApiError),
    SignIn,
    NoAccess,
    Enter,
}

/// Shows its children to signed-in users of at least `role`. Others are sent to
/// sign in, and come back here afterwards, or are told why they may not enter.
#[component]
pub fn Guard(
    /// The weakest role that may enter.
    role: Role,
    /// The page.
    children: ChildrenFn,
) -> impl IntoView {
    let session = Session::expect();
    let location = use_location();
    let verdict = Memo::new(move |_| match session.state() {
        SessionState::Loading => Verdict::Wait,
        SessionState::Failed(error) => Verdict::Failed(error),
        SessionState::SignedOut => Verdict::SignIn,
        SessionState::SignedIn(view) if view.user.role < role => Verdict::NoAccess,
        SessionState::SignedIn(_) => Verdict::Enter,
    });
    let login = move || {
        let path = location.pathname.get_untracked();
        let query = location.query.with_untracked(ParamsMap::to_query_string);
        let hash = location.hash.get_untracked();
        login_with_next(&format!("{path}{query}{hash}"))
    };
    move || match verdict.get() {
        Verdict::Wait => view! { <PageSkeleton /> }.into_any(),
        Verdict::Failed(error) => {
            view! { <ProblemNotice error on_retry=move || session.load() /> }.into_any()
        }
        Verdict::SignIn => {
            let options = NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            };
            view! { <Redirect path=login() options /> }.into_any()
        }
        Verdict::NoAccess => view! { <NoAccess /> }.into_any(),
        Verdict::Enter => children().into_any(),
    }
}
