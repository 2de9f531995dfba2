//! State shared by the parts of the wizard: draft, current step, errors and navigation.

use crate::{
    api::{self, ApiError},
    keys::{
        creation::KeyCreation,
        logic::draft::{KeyDraft, Step, faults_on, message_for},
    },
    state::{clock, sudo::Sudo},
    ui::{field::focus_first_invalid, focus::focus_soon},
};
use leptos::{prelude::*, task::spawn_local};
use shared::{error::FieldError, key::CreatedKey};

/// State of the wizard.
#[derive(Clone, Copy)]
pub struct WizardState {
    pub draft: RwSignal<KeyDraft>,
    /// True if the draft was restored after the end of a session.
    pub is_resumed: bool,
    pub step: RwSignal<Step>,
    /// Server error that doesn't belong to a field.
    pub error: RwSignal<Option<ApiError>>,
    /// True while the key is being created.
    pub busy: RwSignal<bool>,
    faults: RwSignal<Vec<FieldError>>,
    on_created: Callback<CreatedKey>,
    sudo: Sudo,
}

impl WizardState {
    /// Creates an empty form, or restores the draft of an ended session. `dirty` is true while the
    /// draft differs from the initial one, `busy` while the key is being created.
    pub fn new(
        dirty: RwSignal<bool>,
        busy: RwSignal<bool>,
        on_created: Callback<CreatedKey>,
    ) -> Self {
        let creation = KeyCreation::expect();
        let pristine = creation.pristine();
        let kept = creation.kept();
        let is_resumed = kept.is_some();
        let (draft, step) = kept.unwrap_or_else(|| (pristine.clone(), Step::Basics));
        let state = Self {
            is_resumed,
            draft: RwSignal::new(draft),
            step: RwSignal::new(step),
            error: RwSignal::new(None),
            busy,
            faults: RwSignal::new(Vec::new()),
            on_created,
            sudo: Sudo::expect(),
        };
        Effect::new(move || {
            let draft = state.draft.get();
            let is_dirty = draft != pristine;
            dirty.set(is_dirty);
            if is_dirty {
                creation.keep(draft.clone(), state.step.get());
            } else {
                creation.forget();
            }
            // After a failed validation, errors are updated as the user types.
            if state.faults.with_untracked(|faults| !faults.is_empty()) {
                let found = draft.faults(clock::now());
                state
                    .faults
                    .set(faults_on(&found, state.step.get_untracked()));
            }
        });
        state
    }

    /// Returns the error of a field (tracked).
    pub fn message(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.faults.with(|faults| message_for(faults, field)))
    }

    /// Validates the current step. Goes to the next one, or creates the key after the last.
    pub fn advance(self) {
        let step = self.step.get_untracked();
        if self.busy.get_untracked() || !self.is_right(step) {
            return;
        }
        match step.next() {
            Some(next) => self.go(next),
            None => self.create(),
        }
    }

    /// Goes to a step and clears the errors.
    pub fn go(self, step: Step) {
        self.faults.set(Vec::new());
        self.error.set(None);
        self.step.set(step);
        focus_step();
    }

    fn is_right(self, step: Step) -> bool {
        let draft = self.draft.get_untracked();
        let found = faults_on(&draft.faults(clock::now()), step);
        let is_right = found.is_empty();
        self.faults.set(found);
        if !is_right {
            focus_first_invalid(".wizard");
        }
        is_right
    }

    /// Creates the key. Asks for the password if the server requires it.
    fn create(self) {
        self.busy.set(true);
        self.error.set(None);
        let request = self.draft.with_untracked(KeyDraft::request);
        spawn_local(async move {
            let result = self
                .sudo
                .run(async || api::keys::create(&request).await)
                .await;
            // The state is disposed if the session has ended meanwhile.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match result {
                Some(Ok(created)) => self.on_created.run(created),
                Some(Err(problem)) => self.refused(problem),
                None => {}
            }
        });
    }

    fn refused(self, problem: ApiError) {
        let Some(first) = problem.fields().first() else {
            self.error.set(Some(problem));
            return;
        };
        self.go(Step::of_field(&first.field));
        self.faults.set(problem.fields().to_vec());
        focus_first_invalid(".wizard");
    }
}

/// Focuses the heading of the new step, so that screen readers announce it.
fn focus_step() {
    focus_soon(".wizard__heading");
    request_animation_frame(|| {
        if let Ok(Some(body)) = document().query_selector(".wizard__body") {
            body.set_scroll_top(0);
        }
    });
}
