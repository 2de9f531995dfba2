//! Start page for developers: first steps, active keys, rate limit and related links.

mod active_keys;
mod getting_started;
mod popular_endpoints;
pub mod progress;
mod rate_limit_status;
mod sdk_installation;

use crate::ui::related::Related;
use active_keys::ActiveKeys;
use getting_started::GettingStarted;
use leptos::prelude::*;
use popular_endpoints::PopularEndpoints;
use rate_limit_status::RateLimitStatus;
use sdk_installation::SdkInstallation;
use shared::docs::{DOCS, guide_path};

#[component]
pub fn DeveloperOverview() -> impl IntoView {
    view! {
        <header class="page-head">
            <div>
                <h1 class="page-head__title">"Developer Overview"</h1>
                <p class="is-secondary">"Keys, limits and first steps with the PenguinMails API."</p>
            </div>
        </header>
        <div class="overview">
            <GettingStarted />
            <RateLimitStatus />
            <ActiveKeys />
            <PopularEndpoints />
            <SdkInstallation />
        </div>
        <Related links=vec![
            ("API Access Overview", guide_path("authentication")),
            ("API Reference", DOCS.into()),
        ] />
    }
}
