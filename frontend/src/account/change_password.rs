//! The form to change the password.

use crate::{
    account::password_meter::PasswordMeter,
    api,
    keys::logic::draft::message_for,
    state::{mutation::Mutation, session::Session, toasts::Toasts},
    ui::{
        button::{Button, ButtonVariant},
        field::{Field, FieldKind},
        form::{Form, FormError},
        panel::Panel,
    },
};
use leptos::prelude::*;
use shared::number::counted;
use shared::{
    error::{ErrorCode, FieldError},
    session::{ChangePassword, PASSWORD_MIN_CHARS},
};

/// Form with the current and the new password.
#[component]
pub fn ChangePasswordPanel(
    /// Called after the password was changed, which ends all other sessions.
    #[prop(into)]
    on_change: Callback<()>,
) -> impl IntoView {
    let toasts = Toasts::expect();
    let email = Session::expect().email_untracked();
    let current = RwSignal::new(String::new());
    let new = RwSignal::new(String::new());
    let errors = RwSignal::new(Vec::<FieldError>::new());
    let error_of = move |field: &'static str| {
        Signal::derive(move || errors.with(|errors| message_for(errors, field)))
    };
    let change = Mutation::new(
        async |form: &ChangePassword| api::auth::change_password(form).await,
        move |_, changed| {
            current.set(String::new());
            new.set(String::new());
            toasts.success(match changed.ended {
                0 => "Your password is changed.".to_owned(),
                ended => format!(
                    "Your password is changed. {} ended.",
                    counted(ended, "other session")
                ),
            });
            on_change.run(());
        },
    )
    // Field errors are shown at their fields.
    .on_error(move |error| {
        if error.is(ErrorCode::WrongPassword) {
            let (code, message) = (ErrorCode::WrongPassword, error.message());
            errors.set(vec![FieldError::new("current_password", code, message)]);
            current.set(String::new());
        } else {
            errors.set(error.fields().to_vec());
        }
    });
    let error = change.error();
    let other_error = Signal::derive(move || {
        error
            .get()
            .filter(|error| !error.is(ErrorCode::WrongPassword) && error.fields().is_empty())
    });
    let submit = move || {
        let form = ChangePassword {
            current_password: current.get_untracked(),
            new_password: new.get_untracked(),
        };
        let found = form.validate().err().unwrap_or_default();
        if found.is_empty() {
            errors.set(Vec::new());
            change.dispatch(form);
        } else {
            errors.set(found);
            change.reset();
        }
    };
    view! {
        <Panel id="change-password" title="Change password">
            <Form
                class="panel__body account__password"
                on_submit=submit
                pending=change.pending()
                error
            >
                <p class="is-secondary">
                    "This ends your other sessions. You will get an email about it."
                </p>
                <FormError error=other_error />
                // Password managers read the account's name from this field.
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
                    label="Current password"
                    kind=FieldKind::Password
                    autocomplete="current-password"
                    value=current
                    error=error_of("current_password")
                />
                <NewPassword new error=error_of("new_password") />
                <div>
                    <Button variant=ButtonVariant::Primary submit=true busy=change.pending()>
                        "Change password"
                    </Button>
                </div>
            </Form>
        </Panel>
    }
}

#[component]
fn NewPassword(new: RwSignal<String>, error: Signal<Option<String>>) -> impl IntoView {
    let help =
        format!("At least {PASSWORD_MIN_CHARS} characters, for example four unrelated words.");
    view! {
        <div>
            <Field
                label="New password"
                kind=FieldKind::Password
                autocomplete="new-password"
                value=new
                help
                error
            />
            <PasswordMeter
                password=new
                check=async |password| api::auth::check_password(password).await
            />
        </div>
    }
}
