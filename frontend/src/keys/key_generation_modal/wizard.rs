//! The wizard that creates a key.

use crate::keys::key_generation_modal::{
    basics::Basics, review::Review, steps::Steps, wizard_state::WizardState,
};
use crate::{
    keys::{
        expiry_input::ExpiryPicker,
        ip_allowlist_input::IpPicker,
        logic::{
            draft::{KeyDraft, Step},
            summary::key_summary,
        },
        permission_matrix::PermissionMatrix,
    },
    state::{
        clock::{self, Clock},
        session::Session,
    },
    ui::{
        busy_button::BusyButton, field::FieldError, problem_notice::ProblemNotice,
        unique_id::unique_id,
    },
};
use leptos::{ev, prelude::*};
use shared::key::CreatedKey;

/// Collects the draft, validates each step before leaving it, and creates the key.
#[component]
pub fn Wizard(
    /// Set to true while the draft differs from the initial one.
    dirty: RwSignal<bool>,
    /// Set to true while the key is being created.
    busy: RwSignal<bool>,
    /// Called with the created key.
    #[prop(into)]
    on_created: Callback<CreatedKey>,
    /// Called when the user cancels.
    #[prop(into)]
    on_cancel: Callback<()>,
) -> impl IntoView {
    let wizard = WizardState::new(dirty, busy, on_created);
    let step = wizard.step;
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        wizard.advance();
    };
    let body = move || match step.get() {
        Step::Basics => view! { <Basics wizard /> }.into_any(),
        Step::Permissions => view! { <Permissions wizard /> }.into_any(),
        Step::Expiration => view! { <Expiration wizard /> }.into_any(),
        Step::IpRestrictions => view! { <IpRestrictions wizard /> }.into_any(),
    };
    let submit_label = Signal::derive(move || {
        let is_last = step.get().next().is_none();
        if is_last { "Generate API Key" } else { "Next" }.to_owned()
    });
    view! {
        <form class="wizard" novalidate on:submit=submit>
            <Steps step />
            <div class="dialog__body wizard__body">
                <h3
                    class="visually-hidden wizard__heading"
                    tabindex="-1"
                    autofocus=wizard.is_resumed
                >
                    {move || step.get().title()}
                </h3>
                <p class="is-secondary">{move || step.get().lead()}</p>
                {body}
                {move || wizard.error.get().map(|error| view! { <ProblemNotice error /> })}
            </div>
            <footer class="dialog__foot">
                <Summary draft=wizard.draft />
                {move || match step.get().previous() {
                    Some(previous) => {
                        view! {
                            <button
                                type="button"
                                class="button button--secondary"
                                disabled=wizard.busy
                                on:click=move |_| wizard.go(previous)
                            >
                                "Back"
                            </button>
                        }
                            .into_any()
                    }
                    None => {
                        view! {
                            <button
                                type="button"
                                class="button button--secondary"
                                on:click=move |_| on_cancel.run(())
                            >
                                "Cancel"
                            </button>
                        }
                            .into_any()
                    }
                }}
                <BusyButton busy=wizard.busy label=submit_label />
            </footer>
        </form>
    }
}

/// Step 2: permissions of the key.
#[component]
fn Permissions(wizard: WizardState) -> impl IntoView {
    let role = Session::expect().role_untracked();
    let error = wizard.message("permissions");
    let error_id = unique_id("error");
    let (scopes, set_scopes) = create_slice(
        wizard.draft,
        |draft| draft.scopes,
        |draft, scopes| draft.scopes = scopes,
    );
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
            <PermissionMatrix scopes set_scopes role />
        </div>
    }
}

/// Step 3: expiry of the key.
#[component]
fn Expiration(wizard: WizardState) -> impl IntoView {
    let (expiry, set_expiry) = create_slice(
        wizard.draft,
        |draft| draft.expiry,
        |draft, expiry| draft.expiry = expiry,
    );
    view! { <ExpiryPicker expiry set_expiry error=wizard.message("expires_at") /> }
}

/// Step 4: IP restrictions, followed by the review.
#[component]
fn IpRestrictions(wizard: WizardState) -> impl IntoView {
    let (ips, set_ips) = create_slice(
        wizard.draft,
        |draft| draft.ips.clone(),
        |draft, ips| draft.ips = ips,
    );
    view! {
        <IpPicker ips set_ips error=wizard.message("ip_allowlist") />
        <Review draft=wizard.draft />
    }
}

/// Short summary of the draft, always visible.
#[component]
fn Summary(draft: RwSignal<KeyDraft>) -> impl IntoView {
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
