//! Notices about a key that the user should act on.

use crate::{
    format::time,
    keys::logic::{action::KeyAction, rotation::Share, text::expiring},
    state::{
        clock::{self, Clock},
        session::Session,
    },
    ui::{
        button::{Button, ButtonSize},
        icon::{Icon, IconKind},
    },
};
use leptos::prelude::*;
use shared::number::{counted, percent};
use shared::{
    key::{KeyStatus, KeyView},
    role::Role,
};

/// The notices that apply to the key; most keys have none.
#[component]
pub fn Notices(
    key: Signal<KeyView>,
    /// Called with the action that a notice suggests.
    act: Callback<KeyAction>,
) -> impl IntoView {
    view! {
        <div class="key-notices">
            <Rotating key />
            <Expiring key />
            <Pending key act />
            <Unused key act />
            <Descendants key act />
        </div>
    }
}

/// Shows the end of the grace period, and the share of requests that still use the old key.
#[component]
fn Rotating(key: Signal<KeyView>) -> impl IntoView {
    let clock = Clock::expect();
    let state = Memo::new(move |_| {
        key.with(|key| {
            let end = key.grace_until?;
            (key.status == KeyStatus::Rotating).then(|| (end, Share::of(&key.usage)))
        })
    });
    move || {
        let (end, share) = state.get()?;
        let date = time::date_and_time(clock::local(end));
        let advice = if share.is_safe_to_revoke() {
            view! {
                <span class="badge badge--success">
                    <Icon kind=IconKind::CircleCheck />
                    "Safe to revoke"
                </span>
                " No calls with this key in the last 24 hours."
            }
            .into_any()
        } else {
            let old = percent(share.old_ratio());
            let new = percent(1.0 - share.old_ratio());
            view! {
                "Calls of the last 24 hours: "
                <strong>{old}</strong>
                " with this key, "
                <strong>{new}</strong>
                " with its successor."
                <span class="share" aria-hidden="true">
                    <span
                        class="share__old"
                        style:width=format!("{:.1}%", share.old_ratio() * 100.0)
                    ></span>
                </span>
            }
            .into_any()
        };
        Some(view! {
            <div class="key-notice key-notice--info">
                <Icon kind=IconKind::Rotate />
                <div class="key-notice__text">
                    <p>
                        <strong>{format!("Stops working on {date}")}</strong>
                        {move || format!(" ({}). A new key has taken its place.", time::relative(end, clock.now()))}
                    </p>
                    <p>{advice}</p>
                </div>
            </div>
        })
    }
}

/// Warns that the key expires within a week.
#[component]
fn Expiring(key: Signal<KeyView>) -> impl IntoView {
    let clock = Clock::expect();
    let text = Memo::new(move |_| key.with(|key| expiring(key, clock.now())));
    move || {
        text.get().map(|text| {
            view! {
                <div class="key-notice key-notice--warning">
                    <Icon kind=IconKind::Clock />
                    <p class="key-notice__text">
                        <strong>{text}</strong>
                        ". Rotating the key does not change that: choose a later date with Edit Permissions."
                    </p>
                </div>
            }
        })
    }
}

/// Says that a permission is pending approval, with a button for Admins.
#[component]
fn Pending(key: Signal<KeyView>, act: Callback<KeyAction>) -> impl IntoView {
    let may_approve = Session::expect().role_untracked() >= Role::Admin;
    let waiting = Memo::new(move |_| {
        key.with(|key| {
            let open = !matches!(key.status, KeyStatus::Revoked | KeyStatus::Expired);
            let labels = key.pending_permissions.iter().map(|scope| scope.label());
            let labels = labels.collect::<Vec<_>>().join(", ");
            (open && !labels.is_empty()).then_some(labels)
        })
    });
    move || {
        waiting.get().map(|labels| {
            let whom = if may_approve {
                ""
            } else {
                " Ask an Admin or Owner."
            };
            view! {
                <div class="key-notice key-notice--warning">
                    <Icon kind=IconKind::Clock />
                    <p class="key-notice__text">
                        <strong>"Pending approval: "</strong>
                        {format!("{labels} has no effect until it is approved.{whom}")}
                    </p>
                    {may_approve
                        .then(|| view! { <NoticeButton action=KeyAction::Approve label="Approve" act /> })}
                </div>
            }
        })
    }
}

/// Suggests to remove unused permissions.
#[component]
fn Unused(key: Signal<KeyView>, act: Callback<KeyAction>) -> impl IntoView {
    let counts = Memo::new(move |_| {
        key.with(|key| {
            let open = matches!(key.status, KeyStatus::Active | KeyStatus::Disabled);
            let unused = key.unused_permissions.len();
            (open && unused > 0).then_some((unused, unused == key.permissions.len()))
        })
    });
    move || {
        let (unused, is_all) = counts.get()?;
        let count = counted(unused as u64, "unused permission");
        Some(if is_all {
            view! {
                <div class="key-notice">
                    <Icon kind=IconKind::Scissors />
                    <p class="key-notice__text">
                        "This key has needed none of its permissions for 30 days. Does anything still use it?"
                    </p>
                </div>
            }
            .into_any()
        } else {
            view! {
                <div class="key-notice">
                    <Icon kind=IconKind::Scissors />
                    <p class="key-notice__text">
                        {format!("{count} in the last 30 days. Without them a leaked key does less harm.")}
                    </p>
                    <NoticeButton action=KeyAction::Narrow label=format!("Remove {count}") act />
                </div>
            }
            .into_any()
        })
    }
}

/// Warns that keys created by this revoked key are still valid.
#[component]
fn Descendants(key: Signal<KeyView>, act: Callback<KeyAction>) -> impl IntoView {
    let left = Memo::new(move |_| {
        key.with(|key| {
            let is_revoked = key.status == KeyStatus::Revoked;
            (is_revoked && key.created_keys > 0).then_some(key.created_keys)
        })
    });
    move || {
        left.get().map(|left| {
            let (keys, are) = (
                counted(left.into(), "key"),
                if left == 1 { "is" } else { "are" },
            );
            view! {
                <div class="key-notice key-notice--warning">
                    <Icon kind=IconKind::Triangle />
                    <p class="key-notice__text">
                        {format!("{keys} that this key created {are} not revoked.")}
                    </p>
                    <NoticeButton action=KeyAction::Revoke label=format!("Revoke {keys}") act />
                </div>
            }
        })
    }
}

#[component]
fn NoticeButton(
    action: KeyAction,
    #[prop(into)] label: String,
    act: Callback<KeyAction>,
) -> impl IntoView {
    view! {
        <Button size=ButtonSize::Small on_click=move || act.run(action)>
            {label}
        </Button>
    }
}
