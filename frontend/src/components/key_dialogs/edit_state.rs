//! What the parts of the edit form have in common.

use crate::{
    api,
    components::field::focus_first_invalid,
    logic::{
        key_draft::message_for,
        key_edit::{Change, KeyEdit},
    },
    state::{attempt::Attempt, clock, live::Live, session::Session, toasts::Toasts},
};
use leptos::prelude::*;
use shared::{
    error::FieldError,
    key::{KeyView, UpdateKey},
    role::Role,
};

/// The edit form's state.
#[derive(Clone, Copy)]
pub struct EditState {
    /// What stands in the form.
    pub edit: RwSignal<KeyEdit>,
    /// The attempt to save it.
    pub attempt: Attempt,
    key: StoredValue<KeyView>,
    faults: RwSignal<Vec<FieldError>>,
    target: RwSignal<Option<KeyView>>,
    role: Role,
    toasts: Toasts,
    live: Live,
}

impl EditState {
    /// The form for `key`.
    pub fn new(key: KeyView, attempt: Attempt, target: RwSignal<Option<KeyView>>) -> Self {
        attempt.reset();
        let state = Self {
            edit: RwSignal::new(KeyEdit::of(&key)),
            attempt,
            key: StoredValue::new(key),
            faults: RwSignal::new(Vec::new()),
            target,
            role: Session::expect().role_untracked(),
            toasts: Toasts::expect(),
            live: Live::expect(),
        };
        // Once something has been found wrong, the messages follow what is typed.
        Effect::new(move || {
            let edit = state.edit.get();
            if state.faults.with_untracked(|faults| !faults.is_empty()) {
                let found = state.key.with_value(|key| edit.faults(key, clock::now()));
                state.faults.set(found);
            }
        });
        state
    }

    /// What is wrong with a field, tracked.
    pub fn message(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.faults.with(|faults| message_for(faults, field)))
    }

    /// What would be different, tracked.
    pub fn changes(self) -> Vec<Change> {
        let (edit, now) = (self.edit.get(), clock::now());
        self.key
            .with_value(|key| edit.changes(key, now, clock::local))
    }

    /// Whether saving takes the password, tracked.
    pub fn widens(self) -> bool {
        let edit = self.edit.get();
        self.key.with_value(|key| edit.widens(key, clock::now()))
    }

    /// Why it cannot be saved by this user, tracked.
    pub fn refusal(self) -> Option<String> {
        let edit = self.edit.get();
        self.key
            .with_value(|key| edit.refusal(self.role, key, clock::now()))
    }

    /// Saves what has changed.
    pub fn save(self) {
        let (edit, now) = (self.edit.get_untracked(), clock::now());
        let found = self.key.with_value(|key| edit.faults(key, now));
        if !found.is_empty() {
            self.faults.set(found);
            focus_first_invalid(".edit-form");
            return;
        }
        let request = self.key.with_value(|key| edit.request(key, now));
        if request == UpdateKey::default() {
            self.target.set(None);
            return;
        }
        let id = self.key.with_value(|key| key.id.clone());
        self.attempt.run(
            async move || api::keys::update(&id, &request).await,
            move |key: KeyView| {
                self.toasts.success(format!("“{}” is changed.", key.name));
                self.target.set(None);
                self.live.touch();
            },
        );
    }
}
