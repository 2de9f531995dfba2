//! What a key may do, as its card shows it.

use super::icon::{Icon, IconKind};
use crate::logic::permission_rows::{PermissionRow, RowState, permission_rows};
use leptos::prelude::*;
use shared::key::KeyView;

/// The permissions of a key: the usual six whether it has them or not, then any
/// others that it has.
#[component]
pub fn PermissionList(
    /// The key.
    key: Signal<KeyView>,
) -> impl IntoView {
    let rows = Memo::new(move |_| key.with(permission_rows));
    let draw = |row: PermissionRow| {
        let granted = row.state != RowState::Absent;
        let state = match row.state {
            RowState::Granted => "Granted",
            RowState::Pending => "Pending approval",
            RowState::Absent => "Not granted",
        };
        view! {
            <li class="permission" class:is-absent=!granted>
                <Icon kind=if granted { IconKind::Check } else { IconKind::X } />
                <span class="visually-hidden">{format!("{state}: ")}</span>
                <span>
                    <strong class="permission__label">{row.label}</strong>
                    <span class="permission__text">{row.description}</span>
                </span>
                {(row.state == RowState::Pending)
                    .then(|| {
                        view! { <span class="badge badge--warning" aria-hidden="true">{state}</span> }
                    })}
            </li>
        }
    };
    view! {
        <ul class="permissions" role="list">
            {move || rows.get().into_iter().map(draw).collect_view()}
        </ul>
    }
}
