//! The user's account: profile, password and sessions. Available to every role.

mod change_password;
pub mod password_meter;
pub mod password_strength;
mod profile;
mod sessions;

use crate::{api, state::query::Query};
use change_password::ChangePasswordPanel;
use leptos::prelude::*;
use profile::Profile;
use sessions::Sessions;

/// The account page.
#[component]
pub fn Account() -> impl IntoView {
    let sessions = Query::new(api::auth::list_sessions);
    let reload = move || sessions.refresh();
    view! {
        <header class="page-head">
            <div>
                <h1 class="page-head__title">"Your account"</h1>
                <p class="is-secondary">"Your profile, your password and where you are signed in."</p>
            </div>
        </header>
        <div class="account">
            <Profile />
            <ChangePasswordPanel on_change=reload />
            <Sessions sessions reload />
        </div>
    }
}
