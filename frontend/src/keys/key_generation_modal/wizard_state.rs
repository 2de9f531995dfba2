//! State shared by the parts of the wizard: draft, current step, errors and navigation.

use crate::{
    api::{self, ApiError},
    keys::{
        creation::KeyCreation,
        logic::draft::{KeyDraft, Step, errors_on, message_for},
    },
    state::{clock, mutation::Mutation},
    ui::focus::{focus_first_invalid, focus_soon},
};
use leptos::{html, prelude::*};
use reactive_stores::Store;
use shared::{
    error::FieldError,
    key::{CreateKey, CreatedKey},
};

/// State of the wizard.
#[derive(Clone, Copy)]
pub struct WizardState {
    pub draft: Store<KeyDraft>,
    /// True if the draft was restored after the end of a session.
    pub is_resumed: bool,
    pub step: RwSignal<Step>,
    /// Creates the key.
    pub create: Mutation<CreateKey>,
    pub form: NodeRef<html::Form>,
    pub heading: NodeRef<html::H3>,
    errors: RwSignal<Vec<FieldError>>,
}

impl WizardState {
    /// Creates an empty form, or restores the draft of an ended session. `dirty` is true while the
    /// draft differs from the initial one.
    pub fn new(dirty: RwSignal<bool>, on_created: Callback<CreatedKey>) -> Self {
        let creation = KeyCreation::expect();
        let pristine = creation.pristine();
        let kept = creation.kept();
        let is_resumed = kept.is_some();
        let (draft, step) = kept.unwrap_or_else(|| (pristine.clone(), Step::Basics));
        let state = Self {
            is_resumed,
            draft: Store::new(draft),
            step: RwSignal::new(step),
            create: Mutation::new(
                async |request: &CreateKey| api::keys::create(request).await,
                move |_, created| on_created.run(created),
            ),
            form: NodeRef::new(),
            heading: NodeRef::new(),
            errors: RwSignal::new(Vec::new()),
        };
        state
            .create
            .on_error(move |error| state.show_refusal(&error));
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
            if state.errors.with_untracked(|errors| !errors.is_empty()) {
                let found = draft.errors(clock::now());
                state
                    .errors
                    .set(errors_on(&found, state.step.get_untracked()));
            }
        });
        state
    }

    /// Returns the error of a field (tracked).
    pub fn message(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.errors.with(|errors| message_for(errors, field)))
    }

    /// Validates the current step. Goes to the next one, or creates the key after the last.
    pub fn advance(self) {
        let step = self.step.get_untracked();
        let draft = self.draft.get_untracked();
        let found = errors_on(&draft.errors(clock::now()), step);
        let is_valid = found.is_empty();
        self.errors.set(found);
        if !is_valid {
            return;
        }
        match step.next() {
            Some(next) => self.go(next),
            None => self.create.dispatch(draft.request()),
        }
    }

    /// Goes to a step and clears the errors.
    pub fn go(self, step: Step) {
        self.errors.set(Vec::new());
        self.create.reset();
        self.step.set(step);
        // Screen readers announce the new step, which is read from its start.
        focus_soon(self.heading);
        request_animation_frame(move || {
            let heading = self.heading.try_get_untracked().flatten();
            if let Some(body) = heading.and_then(|heading| heading.parent_element()) {
                body.set_scroll_top(0);
            }
        });
    }

    /// Shows errors of fields on the step with the first of them.
    fn show_refusal(self, error: &ApiError) {
        if let Some(first) = error.fields().first() {
            self.go(Step::of_field(&first.field));
            self.errors.set(error.fields().to_vec());
            focus_first_invalid(self.form);
        }
    }
}
