//! The dialog that rotates a key.

use crate::keys::dialogs::{confirm::Impact, target_dialog::TargetDialog};
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
        clock::{self, Clock},
        mutation::Mutation,
        session::Session,
    },
    ui::{
        dialog::DialogSize,
        dialog_form::{DialogBody, DialogForm},
    },
};
use leptos::prelude::*;
use shared::key::{GRACE_DEFAULT_SECS, KeyStatus, KeyView, RotateKey, RotatedKey, warning};

/// Asks for the grace period of the old key, then rotates it.
#[component]
pub fn RotateDialog(
    /// The key to rotate; `None` closes the dialog.
    target: RwSignal<Option<KeyView>>,
) -> impl IntoView {
    view! {
        <TargetDialog
            target
            title=|key| format!("Rotate {}?", key.name)
            size=DialogSize::Large
            children=move |key| view! { <RotateForm key target /> }
        />
    }
}

#[component]
fn RotateForm(key: KeyView, target: RwSignal<Option<KeyView>>) -> impl IntoView {
    let created_key = CreatedKeyState::expect();
    let grace_secs = RwSignal::new(GRACE_DEFAULT_SECS);
    let expires_at = key.expires_at;
    let id = key.id.clone();
    let rotate = Mutation::new(
        async move |request: &RotateKey| api::keys::rotate(&id, request).await,
        move |_, rotated: RotatedKey| {
            target.set(None);
            created_key.show(ShownKey {
                title: "API Key Rotated Successfully",
                note: Some(old_key_note(&rotated.previous)),
                warning: warning(rotated.key.recoverable),
                api_key: rotated.api_key,
                key: rotated.key,
            });
        },
    );
    let submit = move || {
        rotate.dispatch(RotateKey {
            grace_seconds: Some(grace_secs.get_untracked()),
        });
    };
    let error = rotate.error();
    view! {
        <DialogForm
            pending=rotate.pending()
            error
            on_submit=submit
            on_cancel=move || target.set(None)
            submit="Rotate Key"
        >
            <DialogBody error>
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
                        .map(|grace| view! { <GraceChoice grace chosen=grace_secs expires_at /> })
                        .collect_view()}
                </fieldset>
                <Impact key />
            </DialogBody>
        </DialogForm>
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
