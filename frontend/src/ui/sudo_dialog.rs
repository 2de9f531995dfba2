//! Password prompt before sensitive actions (sudo mode).

use crate::ui::{
    busy_button::BusyButton,
    dialog::Dialog,
    field::{Field, FieldKind, focus_first_invalid},
    problem_notice::ProblemNotice,
};
use crate::{
    api::{self, ApiError},
    state::{session::Session, sudo::Sudo},
};
use leptos::{ev, prelude::*, task::spawn_local};
use shared::error::ErrorCode;

/// Asks for the password when [`Sudo`] requires it, then resumes the pending action.
#[component]
pub fn SudoDialog() -> impl IntoView {
    let sudo = Sudo::expect();
    view! {
        <Dialog
            open=Signal::derive(move || sudo.is_open())
            title="Confirm your password"
            on_dismiss=move || sudo.settle(false)
        >
            <SudoForm />
        </Dialog>
    }
}

#[component]
fn SudoForm() -> impl IntoView {
    let sudo = Sudo::expect();
    let email = Session::expect().email_untracked();
    let password = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);

    let is_missing = RwSignal::new(false);
    let field_error = Signal::derive(move || {
        if is_missing.get() && password.with(String::is_empty) {
            return Some("Enter your password.".to_owned());
        }
        error.with(|error| match error {
            Some(error) if error.is(ErrorCode::WrongPassword) => Some(error.message()),
            _ => None,
        })
    });
    let notice = move || {
        let error = error.get()?;
        (!error.is(ErrorCode::WrongPassword)).then(|| view! { <ProblemNotice error /> })
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        error.set(None);
        let entered = password.get_untracked();
        is_missing.set(entered.is_empty());
        if entered.is_empty() {
            focus_first_invalid(".sudo-form");
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let result = api::auth::enter_sudo(entered).await;
            // Settling closes the dialog and disposes of these signals.
            match result {
                Ok(_) => sudo.settle(true),
                Err(problem) => {
                    error.try_set(Some(problem));
                    busy.try_set(false);
                    is_missing.try_set(false);
                    password.try_set(String::new());
                    focus_first_invalid(".sudo-form");
                }
            }
        });
    };
    view! {
        <form class="sudo-form" on:submit=submit>
            <div class="dialog__body">
                <p class="is-secondary">
                    "This needs your password again. You are asked once every 15 minutes, for showing a key once every 5."
                </p>
                // Password managers look for the username.
                <input
                    class="visually-hidden"
                    type="text"
                    autocomplete="username"
                    tabindex="-1"
                    aria-hidden="true"
                    readonly
                    value=email
                />
                <Field
                    label="Password"
                    kind=FieldKind::Password
                    autocomplete="current-password"
                    autofocus=true
                    value=password
                    set_value=password
                    error=field_error
                />
                {notice}
            </div>
            <footer class="dialog__foot">
                <button
                    type="button"
                    class="button button--secondary"
                    on:click=move |_| sudo.settle(false)
                >
                    "Cancel"
                </button>
                <BusyButton busy label="Continue" />
            </footer>
        </form>
    }
}
