//! The profile, which only the operator of the server can change.

use crate::state::session::Session;
use crate::ui::panel::Panel;
use leptos::prelude::*;

/// Name, email address, role and company.
#[component]
pub fn Profile() -> impl IntoView {
    let session = Session::expect();
    let fact = move |name: &'static str, value: fn(shared::session::SessionView) -> String| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd class="is-breakable">{move || session.view().map(value)}</dd>
            </div>
        }
    };
    view! {
        <Panel id="profile" title="Profile">
            <div class="panel__body">
                <dl class="account__facts">
                    {fact("Name", |view| view.user.name)}
                    {fact("Email", |view| view.user.email)}
                    {fact("Role", |view| view.user.role.label().to_owned())}
                    {fact("Company", |view| view.tenant.name)}
                </dl>
                <p class="panel__note">
                    "To change any of this, ask the person who runs this server."
                </p>
            </div>
        </Panel>
    }
}
