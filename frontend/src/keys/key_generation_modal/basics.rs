//! Step 1 of the wizard: name, description, environment.

use crate::keys::key_generation_modal::wizard_state::WizardState;
use crate::{
    keys::logic::draft::KeyDraftStoreFields,
    state::session::Session,
    ui::field::{Field, FieldKind},
};
use leptos::prelude::*;
use shared::key::{Environment, NAME_MAX_CHARS};

/// Fields for name, description and environment.
#[component]
pub fn Basics(
    /// Holds the draft and its errors.
    wizard: WizardState,
) -> impl IntoView {
    let draft = wizard.draft;
    let may_be_recoverable = Session::expect().allows_recoverable_untracked();
    let environment = move |environment: Environment| {
        let prefix = format!("{}...", environment.key_prefix());
        let (label, help) = match environment {
            Environment::Live => ("Production (pm_live_...)", "Real data; emails are sent."),
            Environment::Test => (
                "Test (pm_test_...)",
                "Separate data; emails are never sent.",
            ),
        };
        view! {
            <label class="check check--tile">
                <input
                    type="radio"
                    name="environment"
                    aria-label=label
                    prop:checked=move || draft.environment().get() == environment
                    on:change=move |_| draft.environment().set(environment)
                />
                <span class="check__label">
                    {environment.label()} " (" <code class="code">{prefix}</code> ")"
                </span>
                <span class="check__help">{help}</span>
            </label>
        }
    };
    view! {
        <Field
            label="Key Name"
            value=draft.name()
            help="Choose a descriptive name to identify this key."
            placeholder="Production App"
            max_chars=NAME_MAX_CHARS
            autofocus=true
            error=wizard.message("name")
        />
        <Field
            label="Description"
            kind=FieldKind::Multiline
            optional=true
            value=draft.description()
            error=wizard.message("description")
        />
        <fieldset class="choices">
            <legend class="field__label">"Environment"</legend>
            <div class="choices__row">{Environment::ALL.map(environment).collect_view()}</div>
        </fieldset>
        <label class="check check--option">
            <input
                type="checkbox"
                aria-label="Allow revealing later"
                disabled=!may_be_recoverable
                prop:checked=move || draft.recoverable().get()
                on:change=move |event| draft.recoverable().set(event_target_checked(&event))
            />
            <span class="check__label">"Allow revealing later"</span>
            <span class="check__help">
                {if may_be_recoverable {
                    "Keeps the key, encrypted, so that it can be shown again to someone who enters the password. Otherwise it is shown once, which is safer."
                } else {
                    "Your company does not allow this: each key is shown once."
                }}
            </span>
        </label>
    }
}
