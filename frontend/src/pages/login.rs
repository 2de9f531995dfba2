use crate::{
    api::{self, ApiError},
    layout::auth_layout::AuthLayout,
    logic::next_path::sanitised,
    state::{
        session::{Session, SessionState},
        title::set_title,
    },
    ui::{
        busy_button::BusyButton,
        field::{Field, FieldKind, focus_first_invalid},
        focus::focus_soon,
        icon::{Icon, IconKind},
        problem_notice::ProblemNotice,
    },
};
use leptos::{ev, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

/// Sign-in form. Redirects signed-in users to the page that they came for.
#[component]
pub fn Login() -> impl IntoView {
    set_title("Sign in");
    let session = Session::expect();
    let navigate = use_navigate();
    let query = use_query_map();
    Effect::new(move || {
        if matches!(session.state(), SessionState::SignedIn(_)) {
            let next = query.with_untracked(|query| query.get("next"));
            let options = NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            };
            navigate(&sanitised(next.as_deref()), options);
        }
    });

    let email = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    // Validated only on submit: browsers may hide autofilled values from the page before the user
    // interacts with it.
    let submitted = RwSignal::new(false);
    let missing = move |field: RwSignal<String>, message: &'static str| {
        Signal::derive(move || {
            let is_missing = submitted.get() && field.with(|text| text.trim().is_empty());
            is_missing.then(|| message.to_owned())
        })
    };
    let email_error = missing(email, "Enter your email address.");
    let password_error = missing(password, "Enter your password.");
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        submitted.set(true);
        if email_error.with_untracked(Option::is_some)
            || password_error.with_untracked(Option::is_some)
        {
            focus_first_invalid(".entry__form");
            return;
        }
        busy.set(true);
        error.set(None);
        let (email, entered) = (
            email.get_untracked().trim().to_owned(),
            password.get_untracked(),
        );
        spawn_local(async move {
            match api::auth::login(email, entered).await {
                Ok(view) => session.begin(view),
                Err(problem) => {
                    submitted.try_set(false);
                    password.try_set(String::new());
                    error.try_set(Some(problem));
                }
            }
            busy.try_set(false);
        });
    };
    // `autofocus` only works on the initial page load.
    focus_soon(".entry__form input");
    view! {
        <AuthLayout>
            <h1 class="entry__title">"Sign in"</h1>
            <p class="is-secondary">"to the developer portal"</p>
            {move || error.get().map(|error| view! { <ProblemNotice error /> })}
            <Show when=move || session.has_expired() && error.with(Option::is_none)>
                <p class="notice notice--info" role="status">
                    <Icon kind=IconKind::Clock />
                    <span>"Your session has ended. Sign in to continue where you left off."</span>
                </p>
            </Show>
            <form class="entry__form" novalidate on:submit=submit>
                <Field
                    label="Email"
                    kind=FieldKind::Email
                    autocomplete="username"
                    autofocus=true
                    value=email
                    set_value=email
                    error=email_error
                />
                <Field
                    label="Password"
                    kind=FieldKind::Password
                    autocomplete="current-password"
                    value=password
                    set_value=password
                    error=password_error
                />
                <BusyButton busy label="Sign in" />
            </form>
        </AuthLayout>
    }
}
