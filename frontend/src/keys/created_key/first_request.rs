//! The wait for the first request with a new key.

use crate::{
    api,
    keys::logic::refusal::{latest, reason, remedy},
    state::{live::Live, query::Query},
    ui::icon::{Icon, IconKind},
};
use leptos::prelude::*;
use shared::key::KeyView;

/// Waits for the key's first successful request. Meanwhile, explains why others were refused.
#[component]
pub fn FirstRequest(
    /// The new key, refreshed on live updates.
    key: KeyView,
) -> impl IntoView {
    let live = Live::expect();
    let id = key.id.clone();
    let current = Query::new(async move || api::keys::get(&id).await);
    let key = Memo::new(move |_| current.data().unwrap_or_else(|| key.clone()));
    let used_from =
        Memo::new(move |_| key.with(|key| key.last_used_at.and(key.last_used_address.clone())));
    let refused = Memo::new(move |_| {
        key.with(|key| {
            let refusal = latest(key)?;
            Some((reason(refusal, key.status), remedy(refusal, key.status)))
        })
    });
    // After the first request, nothing changes any more.
    let version = Memo::new(move |last: Option<&u64>| match last {
        Some(last) if used_from.with(Option::is_some) => *last,
        _ => live.keys_version(),
    });
    current.refreshed_on(move || version.get());
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
