//! Access control of pages that require sign-in.

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

/// Result of the access check. Comparable, so that unrelated changes of the session don't re-render
/// the page.
#[derive(Clone, PartialEq)]
enum Verdict {
    Wait,
    Failed(crate::api::ApiError),
    SignIn,
    NoAccess,
    Enter,
}

/// Renders its children for signed-in users with at least `role`. Redirects visitors to sign-in and
/// back afterwards; shows an explanation to users with a lower role.
#[component]
pub fn Guard(
    /// Minimum role with access.
    role: Role,
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
