use crate::{
    api,
    layout::auth_layout::AuthLayout,
    logic::next_path::sanitised,
    state::{
        mutation::Mutation,
        session::{Session, SessionState},
        title::set_title,
    },
    ui::{
        button::{Button, ButtonSize, ButtonVariant},
        field::{Field, FieldKind},
        focus::focus_within,
        form::{Form, FormError},
        icon::{Icon, IconKind},
    },
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use shared::{demo, role::Role};

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
    let login = Mutation::new(
        async |(email, password): &(String, String)| {
            api::auth::login(email.clone(), password.clone()).await
        },
        move |_, view| session.begin(view),
    )
    .on_error(move |_| {
        submitted.set(false);
        password.set(String::new());
    });
    let submit = move || {
        submitted.set(true);
        if email_error.with_untracked(Option::is_none)
            && password_error.with_untracked(Option::is_none)
        {
            let email = email.get_untracked().trim().to_owned();
            login.dispatch((email, password.get_untracked()));
        }
    };
    // `autofocus` only works on the initial page load.
    let form = NodeRef::new();
    focus_within(form, "input");
    let error = login.error();
    view! {
        <AuthLayout>
            <h1 class="entry__title">"Sign in"</h1>
            <p class="is-secondary">"to the developer portal"</p>
            <FormError error />
            <Show when=move || session.has_expired() && error.with(Option::is_none)>
                <p class="notice notice--info" role="status">
                    <Icon kind=IconKind::Clock />
                    <span>"Your session has ended. Sign in to continue where you left off."</span>
                </p>
            </Show>
            <FirstStart />
            <Form class="entry__form" node_ref=form on_submit=submit pending=login.pending() error>
                <Field
                    label="Email"
                    kind=FieldKind::Email
                    autocomplete="username"
                    autofocus=true
                    value=email
                    error=email_error
                />
                <Field
                    label="Password"
                    kind=FieldKind::Password
                    autocomplete="current-password"
                    value=password
                    error=password_error
                />
                <Button variant=ButtonVariant::Primary submit=true busy=login.pending()>
                    "Sign in"
                </Button>
            </Form>
            <DemoAccounts on_choose=move |role| {
                let form = (demo::email(role), demo::PASSWORD.to_owned());
                login.dispatch(form);
            } />
        </AuthLayout>
    }
}

/// Returns what the server has written into the page about signing in.
fn entry_hint() -> Option<String> {
    let meta = document().query_selector("meta[name=entry]");
    meta.ok().flatten()?.get_attribute("content")
}

/// Says that no account exists yet, and how to create one.
#[component]
fn FirstStart() -> impl IntoView {
    (entry_hint().as_deref() == Some("first-start")).then(|| {
        view! {
            <p class="notice notice--info">
                <Icon kind=IconKind::CircleAlert />
                <span>
                    "There is no account yet. Open the set-up link that the server printed on its console to create the first one."
                </span>
            </p>
        }
    })
}

/// Signs in to an account of the demonstration.
#[component]
fn DemoAccounts(
    /// Called with the role of the chosen account.
    #[prop(into)]
    on_choose: Callback<Role>,
) -> impl IntoView {
    (entry_hint().as_deref() == Some("demo")).then(|| {
        let account = |role: Role| {
            view! {
                <Button size=ButtonSize::Small on_click=move || on_choose.run(role)>
                    {role.label()}
                </Button>
            }
        };
        view! {
            <section class="entry__demo" aria-labelledby="demo-accounts">
                <h2 class="entry__demo-title" id="demo-accounts">
                    "This is a demonstration. Sign in as"
                </h2>
                <div class="entry__demo-accounts">
                    {[Role::Owner, Role::Admin, Role::Developer, Role::Member]
                        .map(account)
                        .collect_view()}
                </div>
            </section>
        }
    })
}
