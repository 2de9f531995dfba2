//! The form in four steps.

use super::{
    basics::Basics, expiration::Expiration, ip_restrictions::IpRestrictions, steps::Steps,
};
use crate::{
    api::{self, ApiError},
    components::{
        busy_button::BusyButton,
        field::{FieldError, focus_first_invalid},
        permission_matrix::PermissionMatrix,
        problem_notice::ProblemNotice,
        unique_id::unique_id,
    },
    logic::{
        key_draft::{KeyDraft, Step, faults_on, message_for},
        key_summary::key_summary,
    },
    state::{
        clock::{self, Clock},
        session::Session,
        sudo::Sudo,
    },
};
use leptos::{ev, prelude::*, task::spawn_local};
use shared::{error, key::CreatedKey};

/// The faults on show, and how a part of the form finds its own.
#[derive(Clone, Copy)]
pub struct Faults(RwSignal<Vec<error::FieldError>>);

impl Faults {
    /// The message for a field, tracked.
    pub fn message(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.0.with(|faults| message_for(faults, field)))
    }
}

/// The form: collects the draft, checks each step on leaving it, and creates the
/// key, asking for the password in between if the server wants it.
#[component]
pub fn Wizard(
    /// Set once something has been entered.
    dirty: RwSignal<bool>,
    /// Called with the new key.
    #[prop(into)]
    on_created: Callback<CreatedKey>,
    /// Called when the person gives up.
    #[prop(into)]
    on_cancel: Callback<()>,
) -> impl IntoView {
    let sudo = Sudo::expect();
    let role = Session::expect().role_untracked();
    let draft = RwSignal::new(KeyDraft::new(role));
    let pristine = draft.get_untracked();
    let step = RwSignal::new(Step::Basics);
    let faults = Faults(RwSignal::new(Vec::new()));
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);

    // Once a step has been found wrong, its messages follow what is typed.
    Effect::new(move || {
        let current = draft.get();
        dirty.set(current != pristine);
        if faults.0.with_untracked(|faults| !faults.is_empty()) {
            let found = current.faults(clock::now());
            faults.0.set(faults_on(&found, step.get_untracked()));
        }
    });

    let check = move |step: Step| {
        let found = faults_on(&draft.get_untracked().faults(clock::now()), step);
        let is_right = found.is_empty();
        faults.0.set(found);
        if !is_right {
            focus_first_invalid(".wizard");
        }
        is_right
    };
    let go = move |to: Step| {
        faults.0.set(Vec::new());
        error.set(None);
        step.set(to);
        focus_step();
    };
    let create = move || {
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let request = draft.get_untracked().request();
            let result = sudo.run(async || api::keys::create(&request).await).await;
            busy.try_set(false);
            match result {
                Some(Ok(created)) => {
                    on_created.try_run(created);
                }
                Some(Err(problem)) => {
                    if let Some(first) = problem.fields().first() {
                        go(Step::of_field(&first.field));
                        faults.0.set(problem.fields().to_vec());
                        focus_first_invalid(".wizard");
                    }
                    error.try_set(Some(problem));
                }
                None => {}
            }
        });
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let current = step.get_untracked();
        if busy.get_untracked() || !check(current) {
            return;
        }
        match current.next() {
            Some(next) => go(next),
            None => create(),
        }
    };

    let permissions_error = faults.message("permissions");
    let permissions_error_id = StoredValue::new(unique_id("error"));
    let (scopes, set_scopes) = create_slice(
        draft,
        |draft| draft.scopes,
        |draft, scopes| draft.scopes = scopes,
    );
    let body = move || match step.get() {
        Step::Basics => view! { <Basics draft faults /> }.into_any(),
        Step::Permissions => view! {
            <div
                role="group"
                aria-label="Permissions"
                aria-describedby=permissions_error_id.get_value()
                aria-invalid=move || permissions_error.with(Option::is_some).then_some("true")
                tabindex="-1"
            >
                <PermissionMatrix scopes set_scopes role />
                <FieldError id=permissions_error_id.get_value() error=permissions_error />
            </div>
        }
        .into_any(),
        Step::Expiration => view! { <Expiration draft faults /> }.into_any(),
        Step::IpRestrictions => view! { <IpRestrictions draft faults /> }.into_any(),
    };
    view! {
        <form class="wizard" novalidate on:submit=submit>
            <Steps step />
            <div class="dialog__body wizard__body">
                <h3 class="visually-hidden wizard__heading" tabindex="-1">
                    {move || step.get().title()}
                </h3>
                <p class="is-secondary">{move || step.get().lead()}</p>
                {body}
                {move || error.get().map(|error| view! { <ProblemNotice error /> })}
            </div>
            <footer class="dialog__foot">
                <Summary draft />
                {move || match step.get().previous() {
                    Some(previous) => {
                        view! {
                            <button
                                type="button"
                                class="button button--secondary"
                                disabled=busy
                                on:click=move |_| go(previous)
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
                <BusyButton
                    busy
                    label=Signal::derive(move || {
                        let is_last = step.get().next().is_none();
                        if is_last { "Generate API Key" } else { "Next" }.to_owned()
                    })
                />
            </footer>
        </form>
    }
}

/// What the draft comes to, in a few words, always in view.
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

/// Moves the focus to the new step's heading.
fn focus_step() {
    request_animation_frame(|| {
        use wasm_bindgen::JsCast;
        let heading = document().query_selector(".wizard__heading");
        if let Ok(Some(heading)) = heading
            && let Ok(heading) = heading.dyn_into::<web_sys::HtmlElement>()
        {
            heading.focus().ok();
        }
        if let Ok(Some(body)) = document().query_selector(".wizard__body") {
            body.set_scroll_top(0);
        }
    });
}
