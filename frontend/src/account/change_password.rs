//! The form to change the password.

use crate::{
    account::password_meter::PasswordMeter,
    api,
    keys::logic::draft::message_for,
    state::{attempt::Attempt, session::Session, toasts::Toasts},
    ui::{
        busy_button::BusyButton,
        field::{Field, FieldKind, focus_first_invalid},
        problem_notice::ProblemNotice,
    },
};
use leptos::{ev, prelude::*};
use shared::number::counted;
use shared::{
    error::{ErrorCode, FieldError},
    session::{ChangePassword, PASSWORD_MIN_CHARS},
};

const FORM: &str = ".account__password";

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
    let attempt = Attempt::new();
    let error_of = move |field: &'static str| {
        Signal::derive(move || errors.with(|errors| message_for(errors, field)))
    };
    // Field errors are shown at their fields.
    Effect::new(move || {
        let Some(problem) = attempt.error() else {
            return;
        };
        if problem.is(ErrorCode::WrongPassword) {
            let (code, message) = (ErrorCode::WrongPassword, problem.message());
            errors.set(vec![FieldError::new("current_password", code, message)]);
            current.set(String::new());
        } else {
            errors.set(problem.fields().to_vec());
        }
        focus_first_invalid(FORM);
    });
    let notice = move || {
        let problem = attempt.error()?;
        let is_at_field = problem.is(ErrorCode::WrongPassword) || !problem.fields().is_empty();
        (!is_at_field).then(|| view! { <ProblemNotice error=problem /> })
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let form = ChangePassword {
            current_password: current.get_untracked(),
            new_password: new.get_untracked(),
        };
        let found = form.validate().err().unwrap_or_default();
        let is_valid = found.is_empty();
        errors.set(found);
        if !is_valid {
            attempt.reset();
            focus_first_invalid(FORM);
            return;
        }
        attempt.run(
            async move || api::auth::change_password(&form).await,
            move |changed| {
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
        );
    };
    view! {
        <section class="card panel" aria-labelledby="change-password">
            <header class="panel__head">
                <h2 class="panel__title" id="change-password">
                    "Change password"
                </h2>
            </header>
            <form class="panel__body account__password" novalidate on:submit=submit>
                <p class="is-secondary">
                    "This ends your other sessions. You will get an email about it."
                </p>
                {notice}
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
                    set_value=current
                    error=error_of("current_password")
                />
                <NewPassword new error=error_of("new_password") />
                <div>
                    <BusyButton busy=attempt.busy() label="Change password" />
                </div>
            </form>
        </section>
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
                set_value=new
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
