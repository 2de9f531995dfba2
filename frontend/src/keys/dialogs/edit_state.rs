//! State shared by the parts of the edit form.

use crate::{
    api::{self, ApiError},
    keys::logic::{
        draft::message_for,
        edit::{Change, KeyEdit, changes_meanwhile},
    },
    state::{attempt::Attempt, clock, live::Live, session::Session, toasts::Toasts},
    ui::{field::focus_first_invalid, focus::focus_soon},
};
use leptos::prelude::*;
use shared::{
    error::{ErrorCode, FieldError},
    key::{KeyView, UpdateKey},
    role::Role,
};

/// State of the edit form.
#[derive(Clone, Copy)]
pub struct EditState {
    /// Current form input.
    pub edit: RwSignal<KeyEdit>,
    /// Progress of saving.
    pub attempt: Attempt,
    /// Changes that someone else made since the dialog was opened.
    pub meanwhile: RwSignal<Vec<Change>>,
    /// The key as last fetched.
    key: RwSignal<KeyView>,
    faults: RwSignal<Vec<FieldError>>,
    target: RwSignal<Option<KeyView>>,
    role: Role,
    toasts: Toasts,
    live: Live,
}

impl EditState {
    /// Creates the form for `key`.
    pub fn new(key: KeyView, attempt: Attempt, target: RwSignal<Option<KeyView>>) -> Self {
        attempt.reset();
        let state = Self {
            edit: RwSignal::new(KeyEdit::of(&key)),
            attempt,
            meanwhile: RwSignal::new(Vec::new()),
            key: RwSignal::new(key),
            faults: RwSignal::new(Vec::new()),
            target,
            role: Session::expect().role_untracked(),
            toasts: Toasts::expect(),
            live: Live::expect(),
        };
        // After a failed validation, errors are updated as the user types.
        Effect::new(move || {
            let edit = state.edit.get();
            if state.faults.with_untracked(|faults| !faults.is_empty()) {
                let found = state
                    .key
                    .with_untracked(|key| edit.faults(key, clock::now()));
                state.faults.set(found);
            }
        });
        state
    }

    /// Returns the error of a field (tracked).
    pub fn message(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.faults.with(|faults| message_for(faults, field)))
    }

    /// Returns the unsaved changes (tracked).
    pub fn changes(self) -> Vec<Change> {
        let (edit, now) = (self.edit.get(), clock::now());
        self.key.with(|key| edit.changes(key, now, clock::local))
    }

    /// Returns true if saving requires the password (tracked).
    pub fn widens(self) -> bool {
        let edit = self.edit.get();
        self.key.with(|key| edit.widens(key, clock::now()))
    }

    /// Returns the reason why this user can't save (tracked).
    pub fn refusal(self) -> Option<String> {
        let edit = self.edit.get();
        self.key
            .with(|key| edit.refusal(self.role, key, clock::now()))
    }

    /// Saves the changes. If someone else has changed the key, shows their changes and waits for a
    /// decision.
    pub fn save(self) {
        let (edit, now) = (self.edit.get_untracked(), clock::now());
        let key = self.key.get_untracked();
        let found = edit.faults(&key, now);
        if !found.is_empty() {
            self.faults.set(found);
            focus_first_invalid(".edit-form");
            return;
        }
        let request = edit.request(&key, now);
        if request == UpdateKey::default() {
            self.target.set(None);
            return;
        }
        self.attempt.run(
            async move || save(&key, &request).await,
            move |saved| {
                self.live.touch();
                match saved {
                    Saved::Changed(key) => {
                        self.toasts.success(format!("“{}” is changed.", key.name));
                        self.target.set(None);
                    }
                    Saved::TooLate(current) => self.rebase(current),
                }
            },
        );
    }

    /// Rebases the form onto the key as someone else has changed it.
    fn rebase(self, current: KeyView) {
        let now = clock::now();
        let theirs = self.key.with_untracked(|before| {
            self.edit.update(|edit| edit.rebase(before, &current, now));
            changes_meanwhile(before, &current, now, clock::local)
        });
        self.meanwhile.update(|all| all.extend(theirs));
        self.key.set(current);
    }

    /// Discards the user's changes and shows the current key.
    pub fn drop_changes(self) {
        let current = self.key.with_untracked(KeyEdit::of);
        self.meanwhile.set(Vec::new());
        self.edit.set(current);
        focus_soon(".edit-form__section");
    }
}

/// Outcome of a save.
enum Saved {
    Changed(KeyView),
    /// Someone else changed the key first; this is its current state.
    TooLate(KeyView),
}

async fn save(key: &KeyView, request: &UpdateKey) -> Result<Saved, ApiError> {
    match api::keys::update(key, request).await {
        Err(error) if error.is(ErrorCode::KeyChanged) => {
            api::keys::get(&key.id).await.map(Saved::TooLate)
        }
        changed => changed.map(Saved::Changed),
    }
}
