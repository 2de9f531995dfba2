//! The wait for the first request with a new key.

use crate::{
    api,
    keys::logic::refusal::{latest, reason, remedy},
    state::live::Live,
    ui::icon::{Icon, IconKind},
};
use leptos::{prelude::*, task::spawn_local};
use shared::key::KeyView;

/// Waits for the key's first successful request. Meanwhile, explains why others were refused.
#[component]
pub fn FirstRequest(
    /// The new key, refreshed on live updates.
    key: KeyView,
) -> impl IntoView {
    let live = Live::expect();
    let id = StoredValue::new(key.id.clone());
    let key = RwSignal::new(key);
    let used_from =
        Memo::new(move |_| key.with(|key| key.last_used_at.and(key.last_used_address.clone())));
    let refused = Memo::new(move |_| {
        key.with(|key| {
            let refusal = latest(key)?;
            Some((reason(refusal, key.status), remedy(refusal, key.status)))
        })
    });
    let asking = StoredValue::new(false);
    // Events that arrive while a request is pending trigger another one afterwards.
    let again = RwSignal::new(());
    let happened = StoredValue::new(false);
    Effect::new(move || {
        live.keys_version();
        again.track();
        if used_from.with_untracked(Option::is_some) {
            return;
        }
        if asking.get_value() {
            happened.set_value(true);
            return;
        }
        asking.set_value(true);
        happened.set_value(false);
        spawn_local(async move {
            let found = api::keys::get(&id.get_value()).await;
            // `Some` means that the dialog was closed and its state disposed.
            if asking.try_set_value(false).is_some() {
                return;
            }
            if let Ok(found) = found {
                key.set(found);
            }
            if happened.get_value() {
                again.set(());
            }
        });
    });
    view! {
        <p
            class="first-request"
            class:is-there=move || used_from.with(Option::is_some)
            class:is-refused=move || used_from.with(Option::is_none) && refused.with(Option::is_some)
            role="status"
        >
            {move || match (used_from.get(), refused.get()) {
                (Some(address), _) => {
                    view! {
                        <Icon kind=IconKind::CircleCheck />
                        <span>
                            "First request received, from " <code class="code">{address}</code> "."
                        </span>
                    }
                        .into_any()
                }
                (None, Some((reason, remedy))) => {
                    view! {
                        <Icon kind=IconKind::CircleAlert />
                        <span>
                            "A request came and was refused: " <strong>{reason}</strong> ". " {remedy}
                        </span>
                    }
                        .into_any()
                }
                (None, None) => {
                    view! {
                        <span class="first-request__dot" aria-hidden="true"></span>
                        <span>"Waiting for your first request…"</span>
                    }
                        .into_any()
                }
            }}
        </p>
    }
}
