//! The question before a key is revoked.

use super::confirm::Impact;
use crate::{
    api,
    components::{
        busy_button::BusyButton, dialog::Dialog, field::Field, problem_notice::ProblemNotice,
    },
    state::{attempt::Attempt, live::Live, toasts::Toasts},
};
use leptos::{ev, prelude::*};
use shared::key::{Environment, KeyStatus, KeyView};

/// Asks whether the chosen key is really to be revoked, and revokes it, or disables
/// it instead. A live key's name must be typed first.
#[component]
pub fn RevokeDialog(
    /// The key in question; `None` closes the dialog.
    target: RwSignal<Option<KeyView>>,
) -> impl IntoView {
    let attempt = Attempt::new();
    let title = Signal::derive(move || {
        target.with(|key| {
            key.as_ref()
                .map_or_else(String::new, |key| format!("Revoke {}?", key.name))
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
    let name = StoredValue::new(key.name.clone());
    let id = StoredValue::new(key.id.clone());
    let confirmed = Signal::derive(move || {
        !must_type || name.with_value(|name| typed.with(|typed| typed.trim() == name.trim()))
    });
    let done = move |what: &str| {
        toasts.success(format!("“{}” is {what}.", name.get_value()));
        target.set(None);
        live.touch();
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if confirmed.get_untracked() {
            attempt.run(
                async move || api::keys::revoke(&id.get_value()).await,
                move |_| done("revoked"),
            );
        }
    };
    let disable = move |_| {
        attempt.run(
            async move || api::keys::disable(&id.get_value()).await,
            move |_| done("disabled"),
        );
    };
    let works = matches!(key.status, KeyStatus::Active | KeyStatus::Rotating);
    view! {
        <form on:submit=submit>
            <div class="dialog__body">
                <p>
                    "Every request with this key is refused from now on. This cannot be undone."
                </p>
                <Impact key=key.clone() />
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
                    "Keep Key"
                </button>
                <BusyButton
                    busy=attempt.busy()
                    disabled=Signal::derive(move || !confirmed.get())
                    look="danger"
                    label="Revoke Key"
                />
            </footer>
        </form>
    }
}
