//! What can be done with a key in its present state.

use crate::logic::{key_action::KeyAction, key_text::usage_path};
use leptos::prelude::*;
use leptos_router::components::A;
use shared::key::KeyView;

/// The card's buttons.
#[component]
pub fn Actions(
    /// The key.
    key: Signal<KeyView>,
    /// Called with the button's action.
    act: Callback<KeyAction>,
) -> impl IntoView {
    let status = Memo::new(move |_| key.with(|key| key.status));
    let button = move |action: KeyAction| {
        let look = match action {
            KeyAction::Revoke => "danger-quiet",
            _ => "secondary",
        };
        view! {
            <button
                type="button"
                class=format!("button button--{look} button--small")
                on:click=move |_| act.run(action)
            >
                {action.label()}
            </button>
        }
    };
    // A key's past is of interest when the key itself is none any more.
    view! {
        <div class="key-card__actions" role="group" aria-label="Actions">
            <A
                href=move || key.with(|key| usage_path(&key.id))
                attr:class="button button--secondary button--small"
            >
                "View Usage"
            </A>
            {move || KeyAction::possible(status.get()).iter().copied().map(button).collect_view()}
        </div>
    }
}
