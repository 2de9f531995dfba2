//! The buttons of a key's card.

use crate::{
    keys::logic::{action::KeyAction, rights::refusal, text::key_usage_path},
    state::session::Session,
    ui::{
        button::{Button, ButtonLink, ButtonSize, ButtonVariant},
        unique_id::unique_id,
    },
};
use leptos::prelude::*;
use shared::key::KeyView;

/// The actions that the key's status allows. Those that the user's role doesn't allow are disabled,
/// with the reason below.
#[component]
pub fn Actions(
    key: Signal<KeyView>,
    /// Called with the action of the clicked button.
    act: Callback<KeyAction>,
) -> impl IntoView {
    let role = Session::expect().role_untracked();
    let why_id = StoredValue::new(unique_id("why"));
    // Each action with the reason why it is disabled, if any.
    let actions = Memo::new(move |_| {
        key.with(|key| {
            let possible = KeyAction::possible(key.status).iter();
            possible
                .map(|action| (*action, refusal(*action, role, key)))
                .collect::<Vec<_>>()
        })
    });
    let button = move |(action, why): (KeyAction, Option<String>)| {
        let variant = match action {
            KeyAction::Revoke => ButtonVariant::DangerQuiet,
            _ => ButtonVariant::Secondary,
        };
        view! {
            <Button
                variant
                size=ButtonSize::Small
                disabled=why.is_some()
                described_by=why.is_some().then(|| why_id.get_value())
                on_click=move || act.run(action)
            >
                {action.label()}
            </Button>
        }
    };
    let why = move || {
        let reasons = actions.get().into_iter().filter_map(|(_, why)| why);
        let text = reasons.collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then(|| {
            view! {
                <p class="key-card__why" id=why_id.get_value()>
                    {text}
                </p>
            }
        })
    };
    // The usage stays interesting after the key has ended, so its link is always shown.
    view! {
        <div class="key-card__actions" role="group" aria-label="Actions">
            <ButtonLink
                href=Signal::derive(move || {
                    key.with(|key| key_usage_path(&key.id, key.environment))
                })
                size=ButtonSize::Small
            >
                "View Usage"
            </ButtonLink>
            {move || actions.get().into_iter().map(button).collect_view()}
            {why}
        </div>
    }
}
