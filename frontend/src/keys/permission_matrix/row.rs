//! A permission of the matrix.

use crate::keys::permission_matrix::danger::Danger;
use crate::{
    keys::logic::endpoints::endpoints_of,
    ui::{
        icon::{Icon, IconKind},
        unique_id::unique_id,
    },
};
use leptos::prelude::*;
use shared::number::counted;
use shared::{
    operation::Operation,
    role::Role,
    scope::{Scope, ScopeSet},
};

/// A permission: check box, description and the endpoints that it allows.
#[component]
pub fn Row(
    scope: Scope,
    /// Permissions that are checked.
    scopes: Signal<ScopeSet>,
    /// Receives the changes of the check box.
    danger: Danger,
    /// Role of the user. A permission that it can't grant is disabled.
    role: Role,
) -> impl IntoView {
    let help_id = unique_id("scope");
    let label_id = format!("{help_id}-label");
    let allowed = role.can_grant(scope);
    let ticked = Memo::new(move |_| scopes.get().contains(scope));
    // "Write" includes "read": show that, because the box itself isn't checked.
    let included = Memo::new(move |_| !ticked.get() && scopes.get().effective().contains(scope));
    let note = move || {
        if !allowed {
            Some("Owners and Admins only")
        } else if included.get() {
            Some("Included")
        } else {
            None
        }
    };
    let toggle = move |event| {
        let scopes = scopes.get_untracked();
        let wanted = if event_target_checked(&event) {
            scopes.with(scope)
        } else {
            scopes.without(scope)
        };
        danger.choose_by_box(&event, wanted);
    };
    view! {
        <div class="matrix__row">
            <label class="check check--row" class:is-disabled=!allowed>
                <input
                    type="checkbox"
                    disabled=!allowed
                    aria-labelledby=label_id.clone()
                    aria-describedby=help_id.clone()
                    prop:checked=ticked
                    on:change=toggle
                />
                <span class="check__label" id=label_id>
                    {scope.label()} {scope.needs_approval().then_some(" (requires approval)")}
                </span>
                <span class="check__note">{note}</span>
                <span class="check__help" id=help_id>
                    {scope.description()}
                </span>
            </label>
            <Endpoints scope />
            <Show when=move || scope.needs_approval() && ticked.get()>
                <p class="matrix__pending">
                    <Icon kind=IconKind::Clock />
                    "Pending approval: has no effect until an Admin or Owner approves it on the key’s card."
                </p>
            </Show>
        </div>
    }
}

/// Expandable list of the endpoints that the permission allows.
#[component]
fn Endpoints(scope: Scope) -> impl IntoView {
    let endpoints = endpoints_of(scope);
    let line = |operation: &'static Operation| {
        view! {
            <li>
                <code class="code">
                    <span class="matrix__method">{operation.method}</span>
                    " "
                    {operation.path}
                </code>
            </li>
        }
    };
    (!endpoints.is_empty()).then(|| {
        let count = counted(endpoints.len() as u64, "endpoint");
        view! {
            <details class="disclosure disclosure--small matrix__endpoints">
                <summary class="disclosure__summary">
                    <Icon kind=IconKind::ChevronRight />
                    {count}
                    <span class="visually-hidden">{format!(" of {}", scope.label())}</span>
                </summary>
                <ul class="matrix__list" role="list">
                    {endpoints.into_iter().map(line).collect_view()}
                </ul>
            </details>
        }
    })
}
