//! Whether the new key has been used yet.

use crate::{
    api,
    components::icon::{Icon, IconKind},
    state::live::Live,
};
use leptos::{prelude::*, task::spawn_local};
use shared::key::KeyView;

/// Waits for the key's first request and says when it has come.
#[component]
pub fn FirstRequest(
    /// The new key.
    key: KeyView,
) -> impl IntoView {
    let live = Live::expect();
    let used_from = RwSignal::new(key.last_used_at.and(key.last_used_address));
    let id = StoredValue::new(key.id);
    let asking = StoredValue::new(false);
    // What happens while an answer is on its way is asked about when that has come.
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
            // Not `None` if the dialog is closed.
            if asking.try_set_value(false).is_some() {
                return;
            }
            if let Ok(key) = found {
                used_from.set(key.last_used_at.and(key.last_used_address));
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
            role="status"
        >
            {move || match used_from.get() {
                Some(address) => {
                    view! {
                        <Icon kind=IconKind::CircleCheck />
                        <span>
                            "First request received, from " <code class="code">{address}</code> "."
                        </span>
                    }
                        .into_any()
                }
                None => {
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
