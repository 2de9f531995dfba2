//! The dialog that rotates a key.

use crate::keys::dialogs::confirm::Impact;
use crate::{
    api,
    format::time,
    keys::{
        created_key_state::{CreatedKeyState, ShownKey},
        logic::{
            rights::loses_approval,
            rotation::{GRACES, Grace, old_key_end},
        },
    },
    state::{
        attempt::Attempt,
        clock::{self, Clock},
        session::Session,
    },
    ui::{
        busy_button::BusyButton,
        dialog::{Dialog, DialogSize},
        problem_notice::ProblemNotice,
    },
};
use leptos::{ev, prelude::*};
use shared::key::{GRACE_DEFAULT_SECS, KeyStatus, KeyView, RotateKey, RotatedKey, warning};

/// Asks for the grace period of the old key, then rotates it.
#[component]
pub fn RotateDialog(
    /// The key to rotate; `None` closes the dialog.
    target: RwSignal<Option<KeyView>>,
) -> impl IntoView {
    let attempt = Attempt::new();
    let dismiss = move || {
        if !attempt.is_busy_untracked() {
            target.set(None);
        }
    };
    let title = Signal::derive(move || {
        let name = target.with(|key| key.as_ref().map(|key| key.name.clone()));
        format!("Rotate {}?", name.unwrap_or_default())
    });
    view! {
        <Dialog
            open=Signal::derive(move || target.with(Option::is_some))
            title
            on_dismiss=dismiss
            size=DialogSize::Large
        >
            {move || {
                let key = target.get()?;
                Some(view! { <RotateForm key attempt target on_cancel=dismiss /> })
            }}
        </Dialog>
    }
}

#[component]
fn RotateForm(
    key: KeyView,
    attempt: Attempt,
    target: RwSignal<Option<KeyView>>,
    #[prop(into)] on_cancel: Callback<()>,
) -> impl IntoView {
    attempt.reset();
    let fresh_key = CreatedKeyState::expect();
    let chosen = RwSignal::new(GRACE_DEFAULT_SECS);
    let id = StoredValue::new(key.id.clone());
    let expires_at = key.expires_at;
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let request = RotateKey {
            grace_seconds: Some(chosen.get_untracked()),
        };
        attempt.run(
            async move || api::keys::rotate(&id.get_value(), &request).await,
            move |answer: RotatedKey| {
                target.set(None);
                fresh_key.show(ShownKey {
                    title: "API Key Rotated Successfully",
                    note: Some(old_key_note(&answer.previous)),
                    warning: warning(answer.key.recoverable),
                    api_key: answer.api_key,
                    key: answer.key,
                });
            },
        );
    };
    view! {
        <form on:submit=submit>
            <div class="dialog__body">
                <p>
                    "You get a new key with the same name, permissions, expiry and IP restrictions. The old one keeps working for as long as you choose here, so that you can replace it without a gap."
                </p>
                {loses_approval(Session::expect().role_untracked(), &key)
                    .then(|| {
                        view! {
                            <p class="notice notice--warning">
                                "The new key cannot send in bulk until an Owner or Admin approves it again. The old one can, as long as it works."
                            </p>
                        }
                    })}
                <fieldset class="choices">
                    <legend class="field__label">"The old key stops working"</legend>
                    {GRACES
                        .map(|grace| view! { <GraceChoice grace chosen expires_at /> })
                        .collect_view()}
                </fieldset>
                <Impact key />
                {move || attempt.error().map(|error| view! { <ProblemNotice error /> })}
            </div>
            <footer class="dialog__foot">
                <button
                    type="button"
                    class="button button--secondary"
                    disabled=attempt.busy()
                    on:click=move |_| on_cancel.run(())
                >
                    "Cancel"
                </button>
                <BusyButton busy=attempt.busy() label="Rotate Key" />
            </footer>
        </form>
    }
}

/// Radio button of a grace period, with its consequences.
#[component]
fn GraceChoice(
    grace: Grace,
    chosen: RwSignal<u32>,
    expires_at: Option<chrono::DateTime<chrono::Utc>>,
) -> impl IntoView {
    let clock = Clock::expect();
    let end = move || {
        let end = old_key_end(clock.now(), grace.secs, expires_at);
        match grace.secs {
            0 => String::new(),
            _ => time::date_and_time(clock::local(end)),
        }
    };
    let label = match grace.secs {
        0 => "Now".into(),
        _ => format!("After {}", grace.label),
    };
    view! {
        <label class="check check--tile">
            <input
                type="radio"
                name="grace"
                autofocus=grace.secs == GRACE_DEFAULT_SECS
                prop:checked=move || chosen.get() == grace.secs
                on:change=move |_| chosen.set(grace.secs)
            />
            <span class="check__label">{label}</span>
            <span class="check__note">{end}</span>
            <span class="check__help">{grace.advice}</span>
        </label>
    }
}

/// Describes the state of the old key after rotation.
fn old_key_note(old: &KeyView) -> String {
    let masked = &old.masked_key;
    match old.grace_until.filter(|_| old.status != KeyStatus::Revoked) {
        Some(end) => {
            let end = old.expires_at.map_or(end, |expiry| expiry.min(end));
            let date = time::date_and_time(clock::local(end));
            format!("The old key {masked} works until {date}. Replace it everywhere before then.")
        }
        None => format!("The old key {masked} has stopped working."),
    }
}
