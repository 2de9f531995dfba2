//! State shared by the parts of the edit form.

use crate::{
    api::{self, ApiError},
    keys::logic::{
        draft::message_for,
        edit::{Change, KeyEdit, changes_meanwhile},
    },
    state::{clock, live::Live, mutation::Mutation, session::Session, toasts::Toasts},
    ui::focus::focus_soon,
};
use leptos::{html, prelude::*};
use reactive_stores::Store;
use shared::{
    error::{ErrorCode, FieldError},
    key::{KeyView, UpdateKey},
    role::Role,
};

/// State of the edit form.
#[derive(Clone, Copy)]
pub struct EditState {
    /// Current form input.
    pub edit: Store<KeyEdit>,
    /// Sends the changes of a key.
    pub saving: Mutation<(KeyView, UpdateKey)>,
    /// Changes that someone else made since the dialog was opened.
    pub meanwhile: RwSignal<Vec<Change>>,
    pub first_section: NodeRef<html::Section>,
    /// The key as last fetched.
    key: RwSignal<KeyView>,
    errors: RwSignal<Vec<FieldError>>,
    target: RwSignal<Option<KeyView>>,
    role: Role,
}

impl EditState {
    /// Creates the form for `key`.
    pub fn new(key: KeyView, target: RwSignal<Option<KeyView>>) -> Self {
        let (toasts, live) = (Toasts::expect(), Live::expect());
        let edit = Store::new(KeyEdit::of(&key));
        let key = RwSignal::new(key);
        let meanwhile = RwSignal::new(Vec::new());
        // Rebases the form onto the key as someone else has changed it.
        let rebase = move |current: KeyView| {
            let now = clock::now();
            let theirs = key.with_untracked(|before| {
                edit.update(|edit| edit.rebase(before, &current, now));
                changes_meanwhile(before, &current, now, clock::local)
            });
            meanwhile.update(|all| all.extend(theirs));
            key.set(current);
        };
        let saving = Mutation::new(
            async |(key, request): &(KeyView, UpdateKey)| save(key, request).await,
            move |_, saved| {
                live.touch();
                match saved {
                    Saved::Changed(key) => {
                        toasts.success(format!("“{}” is changed.", key.name));
                        target.set(None);
                    }
                    Saved::TooLate(current) => rebase(current),
                }
            },
        );
        let state = Self {
            edit,
            saving,
            meanwhile,
            first_section: NodeRef::new(),
            key,
            errors: RwSignal::new(Vec::new()),
            target,
            role: Session::expect().role_untracked(),
        };
        // After a failed validation, errors are updated as the user types.
        Effect::new(move || {
            let edit = state.edit.get();
            if state.errors.with_untracked(|errors| !errors.is_empty()) {
                let found = state
                    .key
                    .with_untracked(|key| edit.errors(key, clock::now()));
                state.errors.set(found);
            }
        });
        state
    }

    /// Returns the error of a field (tracked).
    pub fn message(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.errors.with(|errors| message_for(errors, field)))
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
        let found = edit.errors(&key, now);
        if !found.is_empty() {
            self.errors.set(found);
            return;
        }
        let request = edit.request(&key, now);
        if request == UpdateKey::default() {
            self.target.set(None);
        } else {
            self.saving.dispatch((key, request));
        }
    }

    /// Discards the user's changes and shows the current key.
    pub fn drop_changes(self) {
        let current = self.key.with_untracked(KeyEdit::of);
        self.meanwhile.set(Vec::new());
        self.edit.set(current);
        focus_soon(self.first_section);
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
