//! The secret of a key on its card: masked, or in full for a limited time.

use crate::keys::api_key_card::key_copy_button::{KeyCopyButton, can_be_revealed};
use crate::{
    api,
    keys::logic::rights::reveal_refusal,
    state::{clipboard, mutation::Mutation, session::Session, toasts::Toasts},
    ui::{
        button::{Button, ButtonSize, ButtonVariant},
        icon::IconKind,
    },
};
use leptos::{html, prelude::*};
use shared::number::counted;
use shared::{
    ids::KeyId,
    key::{KeyStatus, KeyView},
};
use std::time::Duration;

/// Time until a revealed key is hidden again.
const SHOWN_SECS: u32 = 30;

/// Explanation for a key that the server doesn't store.
const NOT_KEPT: &str = "This key was shown once, when it was created, and is not kept. Rotate it to get a new one; a key created with “Allow revealing later” can be shown again.";

/// A revealed key, with the countdown until it is hidden.
#[derive(Clone, Copy)]
struct Shown {
    api_key: RwSignal<Option<String>>,
    left_secs: RwSignal<u32>,
    tick: StoredValue<Option<IntervalHandle>>,
}

impl Shown {
    fn new() -> Self {
        let shown = Self {
            api_key: RwSignal::new(None),
            left_secs: RwSignal::new(0),
            tick: StoredValue::new(None),
        };
        on_cleanup(move || shown.stop());
        shown
    }

    fn show(self, api_key: String) {
        self.stop();
        self.left_secs.set(SHOWN_SECS);
        self.api_key.set(Some(api_key));
        let tick = move || match self.left_secs.get_untracked() {
            0 | 1 => self.hide(),
            left => self.left_secs.set(left - 1),
        };
        let handle = set_interval_with_handle(tick, Duration::from_secs(1));
        self.tick.set_value(handle.ok());
    }

    fn hide(self) {
        self.stop();
        self.api_key.set(None);
    }

    fn stop(self) {
        if let Some(tick) = self.tick.try_update_value(Option::take).flatten() {
            tick.clear();
        }
    }
}

/// The masked key with a copy button, and a toggle that reveals it. For a key that the server
/// doesn't store, the toggle explains why it can't.
#[component]
pub fn Secret(
    /// May change while the card is mounted.
    key: Signal<KeyView>,
) -> impl IntoView {
    let toasts = Toasts::expect();
    let shown = Shown::new();
    let why_not = RwSignal::new(false);
    let reveal = Mutation::new(
        async |id: &KeyId| api::keys::reveal(id).await,
        move |_, revealed| shown.show(revealed.api_key),
    )
    .on_error(move |error| toasts.error(error.message()));
    let pending = reveal.pending();
    let source = NodeRef::<html::Code>::new();
    let is_shown = Memo::new(move |_| shown.api_key.with(Option::is_some));
    let is_open = Memo::new(move |_| is_shown.get() || why_not.get());
    // Hide the key as soon as it may no longer be revealed.
    let role = Session::expect().role_untracked();
    let possible = Memo::new(move |_| key.with(|key| can_be_revealed(role, key)));
    let reason = move || {
        key.with(|key| reveal_refusal(role, key).filter(|_| key.recoverable))
            .unwrap_or_else(|| NOT_KEPT.to_owned())
    };
    Effect::new(move || {
        if !possible.get() {
            shown.hide();
        }
    });
    let toggle = move || {
        if is_open.get_untracked() {
            shown.hide();
            why_not.set(false);
        } else if !possible.get_untracked() {
            why_not.set(true);
        } else {
            reveal.dispatch(key.with_untracked(|key| key.id.clone()));
        }
    };
    let on_refused = move |api_key| {
        shown.show(api_key);
        request_animation_frame(move || {
            if let Some(element) = source.try_get_untracked().flatten() {
                clipboard::select_text(&element);
            }
        });
    };
    let text = move || {
        let masked = || key.with(|key| key.masked_key.clone());
        shown.api_key.get().unwrap_or_else(masked)
    };
    let icon = Signal::derive(move || {
        if is_shown.get() {
            IconKind::EyeOff
        } else {
            IconKind::Eye
        }
    });
    view! {
        <dd class="key-secret">
            <code
                class="code"
                class:key-secret__full=is_shown
                node_ref=source
            >
                {text}
            </code>
            <KeyCopyButton key shown=shown.api_key on_refused />
            <Show when=move || key.with(|key| key.status != KeyStatus::Revoked)>
                <Button
                    variant=ButtonVariant::Quiet
                    size=ButtonSize::Small
                    class="button--tiny"
                    icon
                    expanded=is_open
                    attr:aria-busy=move || pending.get().then_some("true")
                    on_click=toggle
                >
                    {move || if is_shown.get() { "Hide Key" } else { "Show Key" }}
                </Button>
            </Show>
            <Show when=move || is_shown.get()>
                <span class="key-secret__left" role="timer" aria-live="off">
                    {move || {
                        format!("Hides in {}", counted(shown.left_secs.get().into(), "second"))
                    }}
                </span>
            </Show>
            <Show when=move || why_not.get()>
                <p class="key-secret__why" role="status">
                    {reason}
                </p>
            </Show>
        </dd>
    }
}
