//! Cards for keys: full on the management page, compact on the overview.

mod actions;
mod compact;
mod key_copy_button;
mod notices;
mod secret;

pub use compact::CompactKeyRow;
pub use key_copy_button::KeyCopyButton;

use crate::{
    format::time,
    keys::logic::{
        action::KeyAction,
        refusal::{latest, reason},
        text::public_prefix,
    },
    state::clock::{self, Clock},
};
use crate::{
    keys::permission_list::PermissionList,
    ui::{
        copy_button::CopyButton,
        icon::{Icon, IconKind},
        relative_time::RelativeTime,
        status_badge::{EnvironmentBadge, StatusBadge},
        unique_id::unique_id,
    },
};
use actions::Actions;
use leptos::{html, prelude::*};
use notices::Notices;
use secret::Secret;
use shared::key::{KeyStatus, KeyView};
use shared::number::{counted, grouped, percent};

/// A key with all its details. Counts are updated live, and expanded sections stay expanded.
#[component]
pub fn APIKeyCard(
    /// May change while the card is mounted.
    #[prop(into)]
    key: Signal<KeyView>,
    /// Called when the user picks an action.
    #[prop(into)]
    on_action: Callback<(KeyAction, KeyView)>,
    /// Expands the details. Set if the page's URL selects this key.
    #[prop(optional)]
    is_target: bool,
) -> impl IntoView {
    let name_id = unique_id("key");
    let environment = key.with_untracked(|key| key.environment);
    let revoked = Memo::new(move |_| key.with(|key| key.status == KeyStatus::Revoked));
    let act = Callback::new(move |action| on_action.run((action, key.get_untracked())));
    view! {
        <article
            class="card key-card"
            class:is-revoked=revoked
            class:is-target=is_target
            aria-labelledby=name_id
        >
            <header class="key-card__head">
                <h2 class="key-card__name" id=name_id.clone()>
                    {move || key.with(|key| key.name.clone())}
                </h2>
                <StatusBadge status=Signal::derive(move || key.with(|key| key.status)) />
                <EnvironmentBadge environment />
            </header>
            <p class="key-card__description">
                {move || key.with(|key| key.description.clone())}
            </p>
            <Identifiers key />
            <Notices key act />
            <Usage key />
            <Metadata key />
            <footer class="key-card__foot">
                <details class="disclosure" open=is_target>
                    <summary class="disclosure__summary">
                        <Icon kind=IconKind::ChevronRight />
                        "Permissions "
                        <span class="count">
                            {move || key.with(|key| key.permissions.len())}
                        </span>
                    </summary>
                    <PermissionList key />
                </details>
                <Actions key act />
            </footer>
        </article>
    }
}

/// The public prefix that identifies the key, and the key itself as far as it can be shown.
#[component]
fn Identifiers(key: Signal<KeyView>) -> impl IntoView {
    let prefix = Memo::new(move |_| key.with(public_prefix));
    let source = NodeRef::<html::Code>::new();
    view! {
        <dl class="key-card__ids">
            <div>
                <dt>"Key ID"</dt>
                <dd>
                    <code class="code" node_ref=source>
                        {move || format!("{}...", prefix.get())}
                    </code>
                    <CopyButton text=prefix label="Copy key ID" source />
                </dd>
            </div>
            <div>
                <dt>"Key"</dt>
                <Secret key />
            </div>
        </dl>
    }
}

/// Request counts and the last use of the key.
#[component]
fn Usage(key: Signal<KeyView>) -> impl IntoView {
    let usage = Memo::new(move |_| key.with(|key| key.usage));
    let clock = Clock::expect();
    view! {
        <dl class="stats">
            <div class="stats__item">
                <dt>"Total Requests"</dt>
                <dd>{move || grouped(usage.get().total_requests)}</dd>
            </div>
            <div class="stats__item">
                <dt>"Last 24 Hours"</dt>
                <dd>{move || counted(usage.get().last_24h, "request")}</dd>
            </div>
            <div class="stats__item">
                <dt>"Error Rate"</dt>
                <dd>
                    {move || match usage.get().total_requests {
                        0 => "–".into(),
                        _ => percent(usage.get().error_rate),
                    }}
                </dd>
            </div>
            <div class="stats__item">
                <dt>"Last Used"</dt>
                <dd>
                    <RelativeTime at=Signal::derive(move || key.with(|key| key.last_used_at)) />
                    " "
                    <span class="stats__note">
                        {move || {
                            key.with(|key| {
                                let address = key.last_used_address.as_ref();
                                let from = address.map(|address| format!("from {address}"));
                                let refused = latest(key).map(|refusal| {
                                    let at = time::relative(refusal.at, clock.now());
                                    format!("last refused {at}: {}", reason(refusal, key.status))
                                });
                                [from, refused].into_iter().flatten().collect::<Vec<_>>().join("; ")
                            })
                        }}
                    </span>
                </dd>
            </div>
        </dl>
    }
}

/// Creation, creator, expiry and IP restrictions.
#[component]
fn Metadata(key: Signal<KeyView>) -> impl IntoView {
    let created = move || key.with(|key| time::date_and_time(clock::local(key.created_at)));
    // Allow a line break before the domain only.
    let creator = move || {
        key.with(|key| {
            let email = &key.created_by.email;
            let (name, domain) = email.split_at(email.find('@').map_or(0, |at| at + 1));
            view! {
                {name.to_owned()}
                <wbr />
                {domain.to_owned()}
            }
        })
    };
    let expires = move || {
        let end = key.with(|key| key.expires_at);
        end.map_or("Never".into(), |end| time::date(clock::local(end)))
    };
    let expires_exactly = move || {
        let end = key.with(|key| key.expires_at)?;
        let text = time::date_and_time(clock::local(end));
        let zone = clock::zone_name().unwrap_or_default();
        Some(format!("{text} {zone}").trim_end().to_owned())
    };
    let ips = move || {
        key.with(|key| match key.ip_allowlist.as_slice() {
            [] => "All".into(),
            ips => ips.join(", "),
        })
    };
    view! {
        <dl class="key-card__meta">
            <div>
                <dt>"Created"</dt>
                <dd>{created}</dd>
            </div>
            <div>
                <dt>"Created By"</dt>
                <dd class="is-breakable">{creator}</dd>
            </div>
            <div>
                <dt>"Expires"</dt>
                <dd title=expires_exactly>{expires}</dd>
            </div>
            <div>
                <dt>"Allowed IPs"</dt>
                <dd class="is-breakable">{ips}</dd>
            </div>
        </dl>
    }
}
