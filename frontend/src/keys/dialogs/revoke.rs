//! The confirmation before a key is revoked.

use crate::keys::dialogs::confirm::Impact;
use crate::{
    api,
    state::{attempt::Attempt, live::Live, toasts::Toasts},
    ui::{
        busy_button::BusyButton, dialog::Dialog, field::Field, problem_notice::ProblemNotice,
        unique_id::unique_id,
    },
};
use leptos::{ev, prelude::*};
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
    let attempt = Attempt::new();
    let title = Signal::derive(move || {
        target.with(|key| match key {
            None => String::new(),
            Some(key) if key.status == KeyStatus::Revoked => {
                format!("Revoke what {} created?", key.name)
            }
            Some(key) => format!("Revoke {}?", key.name),
        })
    });
    let dismiss = move || {
        if !attempt.is_busy_untracked() {
            target.set(None);
        }
    };
    view! {
        <Dialog
            open=Signal::derive(move || target.with(Option::is_some))
            title
            on_dismiss=dismiss
        >
            {move || target.get().map(|key| view! { <RevokeForm key target attempt /> })}
        </Dialog>
    }
}

#[component]
fn RevokeForm(key: KeyView, target: RwSignal<Option<KeyView>>, attempt: Attempt) -> impl IntoView {
    attempt.reset();
    let (toasts, live) = (Toasts::expect(), Live::expect());
    let typed = RwSignal::new(String::new());
    let must_type = key.environment == Environment::Live;
    let is_revoked = key.status == KeyStatus::Revoked;
    let created = counted(key.created_keys.into(), "key");
    let descendants = RwSignal::new(is_revoked);
    let name = StoredValue::new(key.name.clone());
    let id = StoredValue::new(key.id.clone());
    let expected = StoredValue::new(composed(&comparable(&key.name)));
    let missing = Memo::new(move |_| {
        let typed = typed.with(|typed| composed(&comparable(typed)));
        expected.with_value(|expected| difference(expected, &typed))
    });
    let confirmed = Signal::derive(move || !must_type || missing.with(Option::is_none));
    let hint = Signal::derive(move || missing.get().filter(|_| typed.with(|it| !it.is_empty())));
    let done = move |what: String| {
        toasts.success(what);
        target.set(None);
        live.touch();
    };
    let created_text = StoredValue::new(created.clone());
    let revoked_text = move || {
        let name = name.get_value();
        let created = created_text.get_value();
        match (is_revoked, descendants.get_untracked()) {
            (true, _) => format!("Revoked {created} that “{name}” created."),
            (false, true) => format!("“{name}” is revoked, and {created} that it created."),
            (false, false) => format!("“{name}” is revoked."),
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if confirmed.get_untracked() {
            let also = descendants.get_untracked();
            attempt.run(
                async move || api::keys::revoke(&id.get_value(), also).await,
                move |_| done(revoked_text()),
            );
        }
    };
    let disable = move |_| {
        attempt.run(
            async move || api::keys::disable(&id.get_value()).await,
            move |_| done(format!("“{}” is disabled.", name.get_value())),
        );
    };
    let works = matches!(key.status, KeyStatus::Active | KeyStatus::Rotating);
    view! {
        <form on:submit=submit>
            <div class="dialog__body">
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
                                <button
                                    type="button"
                                    class="button button--secondary button--small"
                                    disabled=attempt.busy()
                                    on:click=disable
                                >
                                    "Disable instead"
                                </button>
                            </p>
                        }
                    })}
                {must_type
                    .then(|| {
                        view! {
                            <Field
                                label="Type the key name to confirm"
                                value=typed
                                set_value=typed
                                help=format!("The name is “{}”.", key.name)
                            />
                            <p class="field__help" aria-live="polite">
                                {hint}
                            </p>
                        }
                    })}
                {move || attempt.error().map(|error| view! { <ProblemNotice error /> })}
            </div>
            <footer class="dialog__foot">
                <button
                    type="button"
                    class="button button--secondary"
                    autofocus=true
                    disabled=attempt.busy()
                    on:click=move |_| target.set(None)
                >
                    {if is_revoked { "Keep Them" } else { "Keep Key" }}
                </button>
                <BusyButton
                    busy=attempt.busy()
                    disabled=Signal::derive(move || !confirmed.get())
                    look="danger"
                    label=if is_revoked { "Revoke Them" } else { "Revoke Key" }
                />
            </footer>
        </form>
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
