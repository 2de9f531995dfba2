//! Password prompt before sensitive actions (sudo mode).

use crate::ui::{
    dialog::Dialog,
    dialog_form::{DialogBody, DialogForm},
    field::{Field, FieldKind},
};
use crate::{
    api::{self, ApiError},
    state::{mutation::Mutation, session::Session, sudo::Sudo},
};
use leptos::prelude::*;
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
    let is_missing = RwSignal::new(false);
    let confirm = Mutation::new(
        async |password: &String| api::auth::enter_sudo(password.clone()).await,
        move |_, _| sudo.settle(true),
    )
    .on_error(move |_| {
        is_missing.set(false);
        password.set(String::new());
    });
    let error = confirm.error();
    let is_wrong = |error: &ApiError| error.is(ErrorCode::WrongPassword);
    let field_error = Signal::derive(move || {
        if is_missing.get() && password.with(String::is_empty) {
            return Some("Enter your password.".to_owned());
        }
        error.get().filter(is_wrong).map(|error| error.message())
    });
    let other_error = Signal::derive(move || error.get().filter(|error| !is_wrong(error)));
    let submit = move || {
        let entered = password.get_untracked();
        is_missing.set(entered.is_empty());
        if entered.is_empty() {
            confirm.reset();
        } else {
            confirm.dispatch(entered);
        }
    };
    view! {
        <DialogForm
            class="sudo-form"
            pending=confirm.pending()
            error
            on_submit=submit
            on_cancel=move || sudo.settle(false)
            submit="Continue"
        >
            <DialogBody error=other_error>
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
                    error=field_error
                />
            </DialogBody>
        </DialogForm>
    }
}
