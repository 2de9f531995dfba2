//! The confirmation before a key is revoked.

use crate::keys::dialogs::{confirm::Impact, target_dialog::TargetDialog};
use crate::{
    api,
    state::{live::Live, mutation::Mutation, toasts::Toasts},
    ui::{
        button::{Button, ButtonSize, ButtonVariant},
        dialog_form::{DialogBody, DialogForm},
        field::Field,
        unique_id::unique_id,
    },
};
use leptos::prelude::*;
use shared::number::counted;
use shared::{
    key::{Environment, KeyStatus, KeyView},
    name::{comparable, difference},
};

/// Confirms the revocation of a key, and offers to disable it instead. The name of a live key must
/// be typed. For a key that is already revoked, revokes the keys that it has created.
#[component]
pub fn RevokeDialog(
    /// The key to revoke; `None` closes the dialog.
    target: RwSignal<Option<KeyView>>,
) -> impl IntoView {
    view! {
        <TargetDialog target title children=move |key| view! { <RevokeForm key target /> } />
    }
}

fn title(key: &KeyView) -> String {
    match key.status {
        KeyStatus::Revoked => format!("Revoke what {} created?", key.name),
        _ => format!("Revoke {}?", key.name),
    }
}

/// What the dialog does with the key.
#[derive(Clone, Copy)]
enum Choice {
    Revoke {
        /// Also revokes the keys that it has created.
        descendants: bool,
    },
    Disable,
}

#[component]
fn RevokeForm(key: KeyView, target: RwSignal<Option<KeyView>>) -> impl IntoView {
    let (toasts, live) = (Toasts::expect(), Live::expect());
    let typed = RwSignal::new(String::new());
    let must_type = key.environment == Environment::Live;
    let is_revoked = key.status == KeyStatus::Revoked;
    let created = counted(key.created_keys.into(), "key");
    let descendants = RwSignal::new(is_revoked);
    let expected = StoredValue::new(composed(&comparable(&key.name)));
    let missing = Memo::new(move |_| {
        let typed = typed.with(|typed| composed(&comparable(typed)));
        expected.with_value(|expected| difference(expected, &typed))
    });
    let confirmed = Signal::derive(move || !must_type || missing.with(Option::is_none));
    let hint = Signal::derive(move || missing.get().filter(|_| typed.with(|it| !it.is_empty())));
    let done = {
        let (name, created) = (key.name.clone(), created.clone());
        move |choice| match choice {
            Choice::Disable => format!("“{name}” is disabled."),
            Choice::Revoke { .. } if is_revoked => {
                format!("Revoked {created} that “{name}” created.")
            }
            Choice::Revoke { descendants: true } => {
                format!("“{name}” is revoked, and {created} that it created.")
            }
            Choice::Revoke { descendants: false } => format!("“{name}” is revoked."),
        }
    };
    let id = key.id.clone();
    let revoke = Mutation::new(
        async move |choice: &Choice| match *choice {
            Choice::Revoke { descendants } => api::keys::revoke(&id, descendants).await,
            Choice::Disable => api::keys::disable(&id).await,
        },
        move |choice, _| {
            toasts.success(done(choice));
            target.set(None);
            live.touch();
        },
    );
    let submit = move || {
        if confirmed.get_untracked() {
            let descendants = descendants.get_untracked();
            revoke.dispatch(Choice::Revoke { descendants });
        }
    };
    let works = matches!(key.status, KeyStatus::Active | KeyStatus::Rotating);
    let (submit_label, cancel_label) = if is_revoked {
        ("Revoke Them", "Keep Them")
    } else {
        ("Revoke Key", "Keep Key")
    };
    let (pending, error) = (revoke.pending(), revoke.error());
    view! {
        <DialogForm
            pending
            error
            on_submit=submit
            on_cancel=move || target.set(None)
            submit=submit_label
            variant=ButtonVariant::Danger
            submit_disabled=Signal::derive(move || !confirmed.get())
            cancel=cancel_label
            focus_cancel=true
        >
            <DialogBody error>
                <p>
                    {if is_revoked {
                        format!(
                            "This key is revoked, but not {created} that it created. Every request with them is refused from now on. This cannot be undone.",
                        )
                    } else {
                        "Every request with this key is refused from now on. This cannot be undone."
                            .to_owned()
                    }}
                </p>
                {(!is_revoked && key.created_keys > 0)
                    .then(|| view! { <AlsoDescendants created=created.clone() descendants /> })}
                {(!is_revoked).then(|| view! { <Impact key=key.clone() /> })}
                {works
                    .then(|| {
                        view! {
                            <p class="revoke__instead">
                                <span>"Not sure what still uses it? Disabling can be undone."</span>
                                <Button
                                    size=ButtonSize::Small
                                    disabled=pending
                                    on_click=move || revoke.dispatch(Choice::Disable)
                                >
                                    "Disable instead"
                                </Button>
                            </p>
                        }
                    })}
                {must_type
                    .then(|| {
                        view! {
                            <Field
                                label="Type the key name to confirm"
                                value=typed
                                help=format!("The name is “{}”.", key.name)
                            />
                            <p class="field__help" aria-live="polite">
                                {hint}
                            </p>
                        }
                    })}
            </DialogBody>
        </DialogForm>
    }
}

/// Normalizes a text to Unicode NFC with the browser's `String.normalize`.
fn composed(text: &str) -> String {
    js_sys::JsString::from(text).normalize("NFC").into()
}

/// Check box that also revokes the keys created by this one.
#[component]
fn AlsoDescendants(
    /// Number of created keys, in words.
    created: String,
    /// True if the box is checked.
    descendants: RwSignal<bool>,
) -> impl IntoView {
    let help_id = unique_id("descendants");
    let label_id = format!("{help_id}-label");
    view! {
        <label class="check check--tile">
            <input
                type="checkbox"
                aria-labelledby=label_id.clone()
                aria-describedby=help_id.clone()
                prop:checked=descendants
                on:change=move |event| descendants.set(event_target_checked(&event))
            />
            <span class="check__label" id=label_id>
                {format!("Also revoke {created} that it created")}
            </span>
            <span class="check__help" id=help_id>
                "They work without this key. Choose this if the key has leaked: they may have leaked with it."
            </span>
        </label>
    }
}
