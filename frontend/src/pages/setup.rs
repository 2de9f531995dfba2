//! First start: creation of the tenant and its owner, with the one-time link from the server's
//! console.

use crate::{
    account::password_meter::PasswordMeter,
    api,
    keys::logic::draft::message_for,
    layout::auth_layout::AuthLayout,
    logic::next_path::{HOME, LOGIN},
    state::{mutation::Mutation, session::Session, title::set_title},
    ui::{
        button::{Button, ButtonVariant},
        field::{Field, FieldKind},
        form::{Form, FormError},
    },
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};
use shared::{
    error::FieldError,
    session::{PASSWORD_MIN_CHARS, SetUp},
};

/// Setup form, or instructions to find its link.
#[component]
pub fn Setup() -> impl IntoView {
    set_title("Set up");
    let token = token_in_address();
    view! {
        <AuthLayout>
            {match token {
                Some(token) => view! { <SetupForm token /> }.into_any(),
                None => {
                    view! {
                        <h1 class="entry__title">"Set up PenguinMails"</h1>
                        <p>
                            "Open the set-up link that the server printed on its console when it started. If an account exists already, "
                            <A href=LOGIN>"sign in"</A> "."
                        </p>
                    }
                        .into_any()
                }
            }}
        </AuthLayout>
    }
}

#[component]
fn SetupForm(token: String) -> impl IntoView {
    let session = Session::expect();
    let navigate = use_navigate();
    let [tenant_name, name, email, password] =
        std::array::from_fn(|_| RwSignal::new(String::new()));
    let errors = RwSignal::new(Vec::<FieldError>::new());
    let error_of = move |field: &'static str| {
        Signal::derive(move || errors.with(|errors| message_for(errors, field)))
    };

    let form = move || SetUp {
        token: token.clone(),
        tenant_name: tenant_name.get_untracked().trim().into(),
        name: name.get_untracked().trim().into(),
        email: email.get_untracked().trim().into(),
        password: password.get_untracked(),
    };
    let form_to_check = form.clone();
    let check = async move |password| {
        let form = SetUp {
            password,
            ..form_to_check()
        };
        api::auth::check_set_up_password(&form).await
    };
    let set_up = Mutation::new(
        async |form: &SetUp| api::auth::set_up(form).await,
        move |_, view| {
            session.begin(view);
            let options = NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            };
            navigate(HOME, options);
        },
    )
    .on_error(move |error| errors.set(error.fields().to_vec()));
    let submit = move || {
        let form = form();
        match form.validate() {
            Ok(()) => {
                errors.set(Vec::new());
                set_up.dispatch(form);
            }
            Err(found) => {
                errors.set(found);
                set_up.reset();
            }
        }
    };
    let error = set_up.error();
    view! {
        <h1 class="entry__title">"Set up PenguinMails"</h1>
        <p class="is-secondary">"Create your company and its owner. You are signed in right away."</p>
        <FormError error />
        <Form class="entry__form" on_submit=submit pending=set_up.pending() error>
            <Field
                label="Company"
                autocomplete="organization"
                autofocus=true
                value=tenant_name
                error=error_of("tenant_name")
            />
            <Field
                label="Your name"
                autocomplete="name"
                value=name
                error=error_of("name")
            />
            <Field
                label="Email"
                kind=FieldKind::Email
                autocomplete="username"
                value=email
                error=error_of("email")
            />
            <div>
                <Field
                    label="Password"
                    kind=FieldKind::Password
                    autocomplete="new-password"
                    value=password
                    help=format!(
                        "At least {PASSWORD_MIN_CHARS} characters, for example four unrelated words.",
                    )
                    error=error_of("password")
                />
                <PasswordMeter password check=check />
            </div>
            <Button variant=ButtonVariant::Primary submit=true busy=set_up.pending()>
                "Create account"
            </Button>
        </Form>
    }
}

/// Reads the token from the URL fragment, which is never sent to a server. It stays in the address
/// until it has been used, so that the page can be reloaded.
fn token_in_address() -> Option<String> {
    let fragment = window().location().hash().ok()?;
    let token = fragment.strip_prefix("#token=")?;
    (!token.is_empty()).then(|| token.to_owned())
}
