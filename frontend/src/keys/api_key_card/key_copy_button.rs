//! The button that copies a key.

use crate::{
    api,
    keys::logic::rights::reveal_refusal,
    state::{clipboard, session::Session, sudo::Sudo, toasts::Toasts},
    ui::icon::{Icon, IconKind},
};
use leptos::{prelude::*, task::spawn_local};
use shared::{
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
    let (sudo, toasts) = (Sudo::expect(), Toasts::expect());
    let busy = RwSignal::new(false);
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
    let copy = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let (key, full) = (key.get_untracked(), full.get_untracked());
        let only_masked = match reveal_refusal(role, &key).filter(|_| key.recoverable) {
            Some(why) => format!("Only the masked key was copied. {why}"),
            None => ONLY_MASKED.to_owned(),
        };
        spawn_local(async move {
            let text = if let Some(shown) = shown.get_untracked() {
                Some(Ok(shown))
            } else if full {
                let revealed = sudo.run(async || api::keys::reveal(&key.id).await).await;
                revealed.map(|result| result.map(|revealed| revealed.api_key))
            } else {
                Some(Ok(key.masked_key))
            };
            match text {
                Some(Ok(text)) if clipboard::copy(&text).await => {
                    copied.try_set(true);
                    let reset = move || {
                        copied.try_set(false);
                    };
                    set_timeout(reset, SHOWN);
                    if full {
                        toasts.success("The full key is copied to the clipboard.");
                    } else {
                        toasts.notice(only_masked);
                    }
                }
                Some(Ok(text)) => match on_refused.filter(|_| full) {
                    Some(on_refused) => {
                        on_refused.try_run(text);
                        toasts.error("The browser did not allow copying. The key is shown and selected: press Ctrl+C or ⌘C.");
                    }
                    None => toasts.error("The browser did not allow copying."),
                },
                Some(Err(problem)) => toasts.error(problem.message()),
                None => {}
            }
            busy.try_set(false);
        });
    };
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
            aria-busy=move || busy.get().then_some("true")
            on:click=copy
        >
            <Icon kind=icon />
        </button>
    }
}

/// Message after copying a key that the server doesn't store.
const ONLY_MASKED: &str = "Only the masked key was copied. The full key was shown once, when it was created, and is not kept.";

/// Returns true if the server stores the full key and `role` may see it.
pub fn can_be_revealed(role: Role, key: &KeyView) -> bool {
    key.recoverable
        && !matches!(key.status, KeyStatus::Expired | KeyStatus::Revoked)
        && reveal_refusal(role, key).is_none()
}
