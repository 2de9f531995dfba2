//! First start: creation of the tenant and its owner, with the one-time link from the server's
//! console.

use crate::{
    account::password_meter::PasswordMeter,
    api::{self, ApiError},
    keys::logic::draft::message_for,
    layout::auth_layout::AuthLayout,
    logic::next_path::HOME,
    state::{session::Session, title::set_title},
    ui::{
        busy_button::BusyButton,
        field::{Field, FieldKind, focus_first_invalid},
        problem_notice::ProblemNotice,
    },
};
use leptos::{ev, prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared::{
    error::FieldError,
    session::{PASSWORD_MIN_CHARS, SetUp},
};
use wasm_bindgen::JsValue;

/// Setup form, or instructions to find its link.
#[component]
pub fn Setup() -> impl IntoView {
    set_title("Set up");
    let token = take_token_from_address();
    view! {
        <AuthLayout>
            {match token {
                Some(token) => view! { <SetupForm token /> }.into_any(),
                None => {
                    view! {
                        <h1 class="entry__title">"Set up PenguinMails"</h1>
                        <p>
                            "Open the set-up link that the server printed on its console when it started. It works once; restart the server to get a new one."
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
    let faults = RwSignal::new(Vec::<FieldError>::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let fault =
        move |field: &'static str| Signal::derive(move || faults.with(|f| message_for(f, field)));

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
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let request = form();
        let found = request.validate().err().unwrap_or_default();
        let is_right = found.is_empty();
        faults.set(found);
        error.set(None);
        if !is_right {
            focus_first_invalid(".entry__form");
            return;
        }
        busy.set(true);
        let navigate = navigate.clone();
        spawn_local(async move {
            match api::auth::set_up(&request).await {
                Ok(view) => {
                    session.begin(view);
                    let options = NavigateOptions {
                        replace: true,
                        ..NavigateOptions::default()
                    };
                    navigate(HOME, options);
                }
                Err(problem) => {
                    faults.try_set(problem.fields().to_vec());
                    error.try_set(Some(problem));
                }
            }
            busy.try_set(false);
        });
    };
    view! {
        <h1 class="entry__title">"Set up PenguinMails"</h1>
        <p class="is-secondary">"Create your company and its owner. You are signed in right away."</p>
        {move || error.get().map(|error| view! { <ProblemNotice error /> })}
        <form class="entry__form" novalidate on:submit=submit>
            <Field
                label="Company"
                autocomplete="organization"
                autofocus=true
                value=tenant_name
                set_value=tenant_name
                error=fault("tenant_name")
            />
            <Field
                label="Your name"
                autocomplete="name"
                value=name
                set_value=name
                error=fault("name")
            />
            <Field
                label="Email"
                kind=FieldKind::Email
                autocomplete="username"
                value=email
                set_value=email
                error=fault("email")
            />
            <div>
                <Field
                    label="Password"
                    kind=FieldKind::Password
                    autocomplete="new-password"
                    value=password
                    set_value=password
                    help=format!(
                        "At least {PASSWORD_MIN_CHARS} characters, for example four unrelated words.",
                    )
                    error=fault("password")
                />
                <PasswordMeter password check=check />
            </div>
            <BusyButton busy label="Create account" />
        </form>
    }
}

/// Reads the token from the URL fragment, which is never sent to a server, and removes it from the
/// address bar and the history.
fn take_token_from_address() -> Option<String> {
    let location = window().location();
    let fragment = location.hash().ok()?;
    let token = fragment.strip_prefix("#token=")?.to_owned();
    let path = location.pathname().ok()?;
    if let Ok(history) = window().history() {
        history
            .replace_state_with_url(&JsValue::NULL, "", Some(&path))
            .ok();
    }
    (!token.is_empty()).then_some(token)
}
