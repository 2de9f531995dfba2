//! Permissions of a key, on its card and in its dialogs.

use crate::keys::logic::permission_rows::{PermissionRow, RowState, permission_rows};
use crate::ui::icon::{Icon, IconKind};
use leptos::prelude::*;
use shared::{key::KeyView, scope::Scope};

/// The six common permissions, others that the key has, and the remaining ones on request.
#[component]
pub fn PermissionList(
    /// May change while the list is mounted.
    key: Signal<KeyView>,
) -> impl IntoView {
    let rows = Memo::new(move |_| key.with(permission_rows));
    let draw = |row: PermissionRow| {
        let granted = row.state != RowState::Absent;
        let is_pending = row.state == RowState::Pending;
        let (icon, state) = match row.state {
            RowState::Granted => (IconKind::Check, "Granted"),
            RowState::Pending => (IconKind::Clock, "Pending approval"),
            RowState::Absent => (IconKind::X, "Not granted"),
        };
        view! {
            <li class="permission" class:is-absent=!granted class:is-pending=is_pending>
                <Icon kind=icon />
                <span class="visually-hidden">{format!("{state}: ")}</span>
                <span>
                    <strong class="permission__label">{row.label}</strong>
                    <span class="permission__text">{row.description}</span>
                </span>
                {is_pending
                    .then(|| {
                        view! { <span class="badge badge--warning" aria-hidden="true">{state}</span> }
                    })}
            </li>
        }
    };
    view! {
        <ul class="permissions" role="list">
            {move || rows.get().shown.into_iter().map(draw).collect_view()}
        </ul>
        <details class="disclosure permissions__rest">
            <summary class="disclosure__summary">
                <Icon kind=IconKind::ChevronRight />
                "All permissions"
            </summary>
            <ul class="permissions" role="list">
                {move || rows.get().rest.into_iter().map(draw).collect_view()}
            </ul>
        </details>
    }
}

/// A plain list of permissions with descriptions.
#[component]
pub fn ScopeList(
    /// Permissions that the dialog asks about.
    scopes: Vec<Scope>,
) -> impl IntoView {
    let draw = |scope: Scope| {
        view! {
            <li class="permission">
                <span>
                    <strong class="permission__label">{scope.label()}</strong>
                    <span class="permission__text">{scope.description()}</span>
                </span>
            </li>
        }
    };
    view! {
        <ul class="permissions permissions--plain" role="list">
            {scopes.into_iter().map(draw).collect_view()}
        </ul>
    }
}
