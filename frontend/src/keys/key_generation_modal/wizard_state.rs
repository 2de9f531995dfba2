//! What the wizard's parts have in common: the draft, the current step, what is
//! wrong, and the way forward.

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

/// The wizard's state.
#[derive(Clone, Copy)]
pub struct WizardState {
    /// What has been entered.
    pub draft: RwSignal<KeyDraft>,
    /// Whether it goes on where a session had ended.
    pub is_resumed: bool,
    /// Where one is.
    pub step: RwSignal<Step>,
    /// Why the server would not create the key, where no field is to blame.
    pub error: RwSignal<Option<ApiError>>,
    /// Whether the key is being created.
    pub busy: RwSignal<bool>,
    faults: RwSignal<Vec<FieldError>>,
    on_created: Callback<CreatedKey>,
    sudo: Sudo,
}

impl WizardState {
    /// An empty form, or what was entered before the session ended. `dirty` follows
    /// whether something has been entered, `busy` whether the key is being created.
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
            // Once a step has been found wrong, its messages follow what is typed.
            if state.faults.with_untracked(|faults| !faults.is_empty()) {
                let found = draft.faults(clock::now());
                state
                    .faults
                    .set(faults_on(&found, state.step.get_untracked()));
            }
        });
        state
    }

    /// What is wrong with a field, tracked.
    pub fn message(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.faults.with(|faults| message_for(faults, field)))
    }

    /// Goes to the next step if this one is right; creates the key after the last.
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

    /// Goes to a step.
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

    /// Creates the key, asking for the password in between if the server wants it.
    fn create(self) {
        self.busy.set(true);
        self.error.set(None);
        let request = self.draft.with_untracked(KeyDraft::request);
        spawn_local(async move {
            let result = self
                .sudo
                .run(async || api::keys::create(&request).await)
                .await;
            // Nothing is there any more if the session ended meanwhile.
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

/// Moves the focus to the new step's heading, so that it is read out.
fn focus_step() {
    focus_soon(".wizard__heading");
    request_animation_frame(|| {
        if let Ok(Some(body)) = document().query_selector(".wizard__body") {
            body.set_scroll_top(0);
        }
    });
}
