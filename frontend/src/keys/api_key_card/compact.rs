//! A key as a table row: the compact form of the card.

use crate::keys::api_key_card::KeyCopyButton;
use crate::{
    format::time,
    keys::logic::text::{details_path, expiring},
    state::clock::{self, Clock},
    ui::{
        button::{Button, ButtonLink, ButtonSize, ButtonVariant},
        icon::{Icon, IconKind},
        relative_time::RelativeTime,
        status_badge::StatusBadge,
    },
};
use leptos::prelude::*;
use shared::key::{KeyStatus, KeyView};

/// A `<tr>` for a table with the columns Name, Key, Created, Last Used, Actions and the class
/// `key-table`.
#[component]
pub fn CompactKeyRow(
    /// May change while the row is mounted.
    #[prop(into)]
    key: Signal<KeyView>,
    /// Called when the user wants to revoke the key.
    #[prop(into)]
    on_revoke: Callback<KeyView>,
) -> impl IntoView {
    let name = Memo::new(move |_| key.with(|key| key.name.clone()));
    let status = Memo::new(move |_| key.with(|key| key.status));
    let created = move || key.with(|key| time::short_date(clock::local(key.created_at)));
    let of_name = move || view! { <span class="visually-hidden">" of " {name}</span> };
    view! {
        <tr class="key-row">
            <th scope="row" class="key-row__name">
                <span class="is-breakable">{name}</span>
                <Show when=move || status.get() != KeyStatus::Active>
                    <StatusBadge status />
                </Show>
                <ExpiringBadge key />
            </th>
            <td class="key-row__key" data-label="Key">
                <code class="code">{move || key.with(|key| key.masked_key.clone())}</code>
                <KeyCopyButton key />
            </td>
            <td data-label="Created">{created}</td>
            <td data-label="Last Used">
                <RelativeTime at=Signal::derive(move || key.with(|key| key.last_used_at)) />
            </td>
            <td class="key-row__actions">
                <ButtonLink
                    href=Signal::derive(move || key.with(|key| details_path(&key.id)))
                    size=ButtonSize::Small
                >
                    "View Details"
                    {of_name()}
                </ButtonLink>
                <Show when=move || status.get() != KeyStatus::Revoked>
                    <Button
                        variant=ButtonVariant::DangerQuiet
                        size=ButtonSize::Small
                        on_click=move || on_revoke.run(key.get_untracked())
                    >
                        "Revoke"
                        {of_name()}
                    </Button>
                </Show>
            </td>
        </tr>
    }
}

/// Badge of a key that expires within a week.
#[component]
fn ExpiringBadge(key: Signal<KeyView>) -> impl IntoView {
    let clock = Clock::expect();
    let text = Memo::new(move |_| key.with(|key| expiring(key, clock.now())));
    move || {
        text.get().map(|text| {
            view! {
                <span class="badge badge--warning">
                    <Icon kind=IconKind::Clock />
                    {text}
                </span>
            }
        })
    }
}
