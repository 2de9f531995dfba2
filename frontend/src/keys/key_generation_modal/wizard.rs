//! The wizard that creates a key.

use crate::keys::key_generation_modal::{
    basics::Basics, review::Review, steps::Steps, wizard_state::WizardState,
};
use crate::{
    keys::{
        expiry_input::ExpiryPicker,
        ip_allowlist_input::IpPicker,
        logic::{
            draft::{KeyDraft, KeyDraftStoreFields, Step},
            summary::key_summary,
        },
        permission_matrix::PermissionMatrix,
    },
    state::{
        clock::{self, Clock},
        session::Session,
    },
    ui::{
        dialog_form::{DialogBody, DialogForm},
        field::FieldError,
        focus::focus_within,
        unique_id::unique_id,
    },
};
use leptos::prelude::*;
use reactive_stores::Store;
use shared::key::CreatedKey;

/// Collects the draft, validates each step before leaving it, and creates the key.
#[component]
pub fn Wizard(
    /// Set to true while the draft differs from the initial one.
    dirty: RwSignal<bool>,
    /// Called with the created key.
    #[prop(into)]
    on_created: Callback<CreatedKey>,
    /// Called when the user cancels.
    #[prop(into)]
    on_cancel: Callback<()>,
) -> impl IntoView {
    let wizard = WizardState::new(dirty, on_created);
    let (step, draft) = (wizard.step, wizard.draft);
    let body = move || match step.get() {
        Step::Basics => view! { <Basics wizard /> }.into_any(),
        Step::Permissions => view! { <Permissions wizard /> }.into_any(),
        Step::Expiration => view! { <Expiration wizard /> }.into_any(),
        Step::IpRestrictions => view! { <IpRestrictions wizard /> }.into_any(),
    };
    let submit = Signal::derive(move || {
        let is_last = step.get().next().is_none();
        if is_last { "Generate API Key" } else { "Next" }.to_owned()
    });
    let cancel = Signal::derive(move || {
        let is_first = step.get().previous().is_none();
        if is_first { "Cancel" } else { "Back" }.to_owned()
    });
    let go_back = move || match step.get_untracked().previous() {
        Some(previous) => wizard.go(previous),
        None => on_cancel.run(()),
    };
    // The content can load after the dialog has opened and looked for an element to focus.
    focus_within(wizard.form, "[autofocus]");
    let error = wizard.create.error();
    view! {
        <DialogForm
            class="wizard"
            node_ref=wizard.form
            pending=wizard.create.pending()
            error
            on_submit=move || wizard.advance()
            on_cancel=go_back
            submit
            cancel
            footer=move || view! { <Summary draft /> }
        >
            <Steps step />
            <DialogBody class="wizard__body" error>
                <h3
                    node_ref=wizard.heading
                    class="visually-hidden wizard__heading"
                    tabindex="-1"
                    autofocus=wizard.is_resumed
                >
                    {move || step.get().title()}
                </h3>
                <p class="is-secondary">{move || step.get().lead()}</p>
                {body}
            </DialogBody>
        </DialogForm>
    }
}

/// Step 2: permissions of the key.
#[component]
fn Permissions(wizard: WizardState) -> impl IntoView {
    let role = Session::expect().role_untracked();
    let error = wizard.message("permissions");
    let error_id = unique_id("error");
    view! {
        <div
            class="wizard__permissions"
            role="group"
            aria-label="Permissions"
            aria-describedby=error_id
            aria-invalid=move || error.with(Option::is_some).then_some("true")
            tabindex="-1"
        >
            <FieldError id=error_id.clone() error />
            <PermissionMatrix scopes=wizard.draft.scopes() role />
        </div>
    }
}

/// Step 3: expiry of the key.
#[component]
fn Expiration(wizard: WizardState) -> impl IntoView {
    view! { <ExpiryPicker expiry=wizard.draft.expiry() error=wizard.message("expires_at") /> }
}

/// Step 4: IP restrictions, followed by the review.
#[component]
fn IpRestrictions(wizard: WizardState) -> impl IntoView {
    view! {
        <IpPicker ips=wizard.draft.ips() error=wizard.message("ip_allowlist") />
        <Review draft=wizard.draft />
    }
}

/// Short summary of the draft, always visible.
#[component]
fn Summary(draft: Store<KeyDraft>) -> impl IntoView {
    let clock = Clock::expect();
    view! {
        <p class="wizard__summary">
            {move || {
                let end = draft.with(|draft| draft.request().expiry(clock.now()));
                draft.with(|draft| key_summary(draft, end.map(clock::local)))
            }}
        </p>
    }
}
