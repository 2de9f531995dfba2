//! The button that copies a key.

use crate::{
    api,
    keys::logic::rights::reveal_refusal,
    state::{clipboard, mutation::Mutation, session::Session, toasts::Toasts},
    ui::icon::{Icon, IconKind},
};
use leptos::prelude::*;
use shared::{
    ids::KeyId,
    key::{KeyStatus, KeyView},
    role::Role,
};
use std::time::Duration;

/// Duration of the "copied" state.
const SHOWN: Duration = Duration::from_secs(2);

/// Copies the full key, after sudo confirmation, if the server stores it. Otherwise copies the
/// masked key and says so.
#[component]
pub fn KeyCopyButton(
    /// May change while the button is mounted.
    #[prop(into)]
    key: Signal<KeyView>,
    /// The full key, if it is currently shown. It is copied without asking the server.
    #[prop(into, optional)]
    shown: Signal<Option<String>>,
    /// Called with the full key if the browser refuses to copy it.
    #[prop(into, optional)]
    on_refused: Option<Callback<String>>,
) -> impl IntoView {
    let toasts = Toasts::expect();
    let copied = RwSignal::new(false);
    let role = Session::expect().role_untracked();
    let full = Memo::new(move |_| key.with(|key| can_be_revealed(role, key)));
    let label = move || {
        if full.get() {
            "Copy full key"
        } else {
            "Copy masked key"
        }
    };
    let copy = Mutation::new(
        async |source: &CopySource| {
            let text = match source {
                CopySource::Shown(text) | CopySource::Masked { text, .. } => text.clone(),
                CopySource::Stored(id) => api::keys::reveal(id).await?.api_key,
            };
            let worked = clipboard::copy(&text).await;
            Ok((text, worked))
        },
        move |source, (text, worked)| match (source, on_refused) {
            (source, _) if worked => {
                copied.set(true);
                let reset = move || {
                    copied.try_set(false);
                };
                set_timeout(reset, SHOWN);
                match source {
                    CopySource::Masked { reason, .. } => toasts.notice(reason),
                    _ => toasts.success("The full key is copied to the clipboard."),
                }
            }
            (CopySource::Masked { .. }, _) | (_, None) => {
                toasts.error("The browser did not allow copying.");
            }
            (_, Some(on_refused)) => {
                on_refused.run(text);
                toasts.error("The browser did not allow copying. The key is shown and selected: press Ctrl+C or ⌘C.");
            }
        },
    )
    .on_error(move |error| toasts.error(error.message()));
    let on_click = move |_| {
        let key = key.get_untracked();
        copy.dispatch(match shown.get_untracked() {
            Some(shown) => CopySource::Shown(shown),
            None if full.get_untracked() => CopySource::Stored(key.id),
            None => CopySource::Masked {
                reason: match reveal_refusal(role, &key).filter(|_| key.recoverable) {
                    Some(why) => format!("Only the masked key was copied. {why}"),
                    None => ONLY_MASKED.to_owned(),
                },
                text: key.masked_key,
            },
        });
    };
    let pending = copy.pending();
    let icon = Signal::derive(move || {
        if copied.get() {
            IconKind::Check
        } else {
            IconKind::Copy
        }
    });
    view! {
        <button
            type="button"
            class="icon-button icon-button--small"
            class:is-copied=copied
            aria-label=label
            title=label
            aria-busy=move || pending.get().then_some("true")
            on:click=on_click
        >
            <Icon kind=icon />
        </button>
    }
}

/// Text to copy.
#[derive(Clone)]
enum CopySource {
    /// The full key, shown on the page.
    Shown(String),
    /// The full key, which the server returns.
    Stored(KeyId),
    Masked {
        text: String,
        /// Explains why the full key isn't copied.
        reason: String,
    },
}

/// Message after copying a key that the server doesn't store.
const ONLY_MASKED: &str = "Only the masked key was copied. The full key was shown once, when it was created, and is not kept.";

/// Returns true if the server stores the full key and `role` may see it.
pub fn can_be_revealed(role: Role, key: &KeyView) -> bool {
    key.recoverable
        && !matches!(key.status, KeyStatus::Expired | KeyStatus::Revoked)
        && reveal_refusal(role, key).is_none()
}
