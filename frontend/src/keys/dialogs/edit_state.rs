//! What the parts of the edit form have in common.

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

/// The edit form's state.
#[derive(Clone, Copy)]
pub struct EditState {
    /// What stands in the form.
    pub edit: RwSignal<KeyEdit>,
    /// The attempt to save it.
    pub attempt: Attempt,
    /// What someone else has changed since the dialog was opened.
    pub meanwhile: RwSignal<Vec<Change>>,
    /// The key as it was when it was last read.
    key: RwSignal<KeyView>,
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
            meanwhile: RwSignal::new(Vec::new()),
            key: RwSignal::new(key),
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
                let found = state
                    .key
                    .with_untracked(|key| edit.faults(key, clock::now()));
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
        self.key.with(|key| edit.changes(key, now, clock::local))
    }

    /// Whether saving takes the password, tracked.
    pub fn widens(self) -> bool {
        let edit = self.edit.get();
        self.key.with(|key| edit.widens(key, clock::now()))
    }

    /// Why it cannot be saved by this user, tracked.
    pub fn refusal(self) -> Option<String> {
        let edit = self.edit.get();
        self.key
            .with(|key| edit.refusal(self.role, key, clock::now()))
    }

    /// Saves what has changed. If someone else was faster, shows what they have changed and
    /// waits for a decision.
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

    /// Goes on from the key as someone else has left it.
    fn rebase(self, current: KeyView) {
        let now = clock::now();
        let theirs = self.key.with_untracked(|before| {
            self.edit.update(|edit| edit.rebase(before, &current, now));
            changes_meanwhile(before, &current, now, clock::local)
        });
        self.meanwhile.update(|all| all.extend(theirs));
        self.key.set(current);
    }

    /// Drops what the person has changed, and shows the key as it is now.
    pub fn drop_changes(self) {
        let current = self.key.with_untracked(KeyEdit::of);
        self.meanwhile.set(Vec::new());
        self.edit.set(current);
        focus_soon(".edit-form__section");
    }
}

/// The outcome of saving.
enum Saved {
    /// The key is changed.
    Changed(KeyView),
    /// Someone else had changed it before; this is the key now.
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
