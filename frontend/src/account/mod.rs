//! The user's account: profile, password and sessions. Available to every role.

mod change_password;
pub mod password_meter;
pub mod password_strength;
mod profile;
mod sessions;

use crate::{api, state::remote::Remote};
use change_password::ChangePasswordPanel;
use leptos::prelude::*;
use profile::Profile;
use sessions::Sessions;

/// The account page.
#[component]
pub fn Account() -> impl IntoView {
    let version = RwSignal::new(0);
    let sessions = Remote::follow(
        move || version.get(),
        async || api::auth::list_sessions().await,
    );
    let reload = move || version.update(|version| *version += 1);
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
