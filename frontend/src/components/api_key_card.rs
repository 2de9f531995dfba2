//! A key on the management page.

use super::{
    copy_button::CopyButton,
    icon::{Icon, IconKind},
    permission_list::PermissionList,
    relative_time::RelativeTime,
    status_badge::{EnvironmentBadge, StatusBadge},
    unique_id::unique_id,
};
use crate::{
    logic::{
        key_text::public_prefix,
        number::{counted, grouped, percent},
        time,
    },
    state::clock::{self, Clock},
};
use leptos::{html, prelude::*};
use shared::key::{KeyStatus, KeyView};

/// A key with everything that is known about it. `key` may change while the card
/// is on show: its counts rise live, and what was unfolded stays so.
#[component]
pub fn APIKeyCard(
    /// The key.
    #[prop(into)]
    key: Signal<KeyView>,
    /// Called when the key is to be revoked.
    #[prop(into)]
    on_revoke: Callback<KeyView>,
) -> impl IntoView {
    let name_id = unique_id("key");
    let environment = key.with_untracked(|key| key.environment);
    let revoked = Memo::new(move |_| key.with(|key| key.status == KeyStatus::Revoked));
    view! {
        <article class="card key-card" class:is-revoked=revoked aria-labelledby=name_id>
            <header class="key-card__head">
                <h2 class="key-card__name" id=name_id.clone()>
                    {move || key.with(|key| key.name.clone())}
                </h2>
                <StatusBadge status=Signal::derive(move || key.with(|key| key.status)) />
                <EnvironmentBadge environment />
                <ExpiryWarning key />
            </header>
            <p class="key-card__description">
                {move || key.with(|key| key.description.clone())}
            </p>
            <Identifiers key />
            <Usage key />
            <Metadata key />
            <footer class="key-card__foot">
                <details class="disclosure">
                    <summary class="disclosure__summary">
                        <Icon kind=IconKind::ChevronRight />
                        "Permissions "
                        <span class="count">
                            {move || key.with(|key| key.permissions.len())}
                        </span>
                    </summary>
                    <PermissionList key />
                </details>
                <Show when=move || !revoked.get()>
                    <div class="key-card__actions">
                        <button
                            type="button"
                            class="button button--danger-quiet button--small"
                            on:click=move |_| on_revoke.run(key.get_untracked())
                        >
                            "Revoke Key"
                        </button>
                    </div>
                </Show>
            </footer>
        </article>
    }
}

/// "Expires in 5 days", in the last week.
#[component]
fn ExpiryWarning(key: Signal<KeyView>) -> impl IntoView {
    let clock = Clock::expect();
    let text = Memo::new(move |_| {
        let now = clock.now();
        key.with(|key| match key.status {
            KeyStatus::Active => {
                let end = key.expires_at.filter(|end| time::is_soon(*end, now))?;
                Some(format!("Expires {}", time::relative(end, now)))
            }
            KeyStatus::Rotating => {
                let end = key.grace_until?;
                Some(format!("Ends {}", time::relative(end, now)))
            }
            _ => None,
        })
    });
    move || {
        text.get().map(|text| {
            view! {
                <span class="badge badge--warning">
                    <Icon kind=IconKind::Triangle />
                    {text}
                </span>
            }
        })
    }
}

/// The public part of the key, to recognise it by, and its mask.
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
                <dd>
                    <code class="code">{move || key.with(|key| key.masked_key.clone())}</code>
                </dd>
            </div>
        </dl>
    }
}

/// How much the key is used.
#[component]
fn Usage(key: Signal<KeyView>) -> impl IntoView {
    let usage = Memo::new(move |_| key.with(|key| key.usage));
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
                </dd>
            </div>
        </dl>
    }
}

/// Since when, by whom, until when and from where.
#[component]
fn Metadata(key: Signal<KeyView>) -> impl IntoView {
    view! {
        <dl class="key-card__meta">
            <div>
                <dt>"Created"</dt>
                <dd>
                    {move || {
                        key.with(|key| time::date_and_time(clock::local(key.created_at)))
                    }}
                </dd>
            </div>
            <div>
                <dt>"Created By"</dt>
                <dd class="is-breakable">{move || key.with(|key| key.created_by.email.clone())}</dd>
            </div>
            <div>
                <dt>"Expires"</dt>
                <dd>
                    {move || {
                        key.with(|key| {
                            key.expires_at
                                .map_or("Never".into(), |end| time::date(clock::local(end)))
                        })
                    }}
                </dd>
            </div>
            <div>
                <dt>"Allowed IPs"</dt>
                <dd class="is-breakable">
                    {move || {
                        key.with(|key| match key.ip_allowlist.as_slice() {
                            [] => "All".into(),
                            ips => ips.join(", "),
                        })
                    }}
                </dd>
            </div>
        </dl>
    }
}
