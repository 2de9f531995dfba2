//! State of the dialog that creates a key. It can be opened from any page.

use crate::keys::logic::{
    draft::{KeyDraft, Step},
    presets::Preset,
};
use crate::state::session::{Session, SessionState};
use leptos::prelude::*;

/// A saved draft and its author.
#[derive(Clone)]
struct Kept {
    author: Option<String>,
    draft: KeyDraft,
    step: Step,
}

/// The dialog's state, provided as a context. A draft survives the end of the session: if the same
/// user signs in again, the dialog resumes it.
#[derive(Clone, Copy)]
pub struct KeyCreation {
    open: RwSignal<bool>,
    template: StoredValue<Option<Preset>>,
    kept: StoredValue<Option<Kept>>,
    session: Session,
}

impl KeyCreation {
    /// Provides the context, with the dialog closed.
    pub fn provide(session: Session) {
        let creation = Self {
            open: RwSignal::new(false),
            template: StoredValue::new(None),
            kept: StoredValue::new(None),
            session,
        };
        Effect::new(move || {
            let is_kept = creation.kept.with_value(Option::is_some);
            match session.state() {
                SessionState::SignedOut if !is_kept => creation.close(),
                SessionState::SignedIn(_) if is_kept && creation.kept().is_none() => {
                    creation.close();
                }
                _ => {}
            }
        });
        provide_context(creation);
    }

    pub fn expect() -> Self {
        expect_context()
    }

    pub fn is_open(self) -> Signal<bool> {
        self.open.into()
    }

    /// Opens the dialog with the default permissions.
    pub fn begin(self) {
        self.open.set(true);
    }

    /// Opens the dialog with the permissions of `preset`.
    pub fn begin_with(self, preset: Preset) {
        self.template.set_value(Some(preset));
        self.open.set(true);
    }

    /// Closes the dialog and discards the draft.
    pub fn close(self) {
        self.open.set(false);
        self.template.set_value(None);
        self.forget();
    }

    /// Returns the initial draft.
    pub fn pristine(self) -> KeyDraft {
        let role = self.session.role_untracked();
        let mut draft = KeyDraft::new(role);
        if let Some(preset) = self.template.get_value() {
            draft.scopes = preset.scopes(role);
        }
        draft
    }

    /// Returns the saved draft if the current user is its author, without scopes that the user's
    /// role can't grant.
    pub fn kept(self) -> Option<(KeyDraft, Step)> {
        let kept = self.kept.get_value()?;
        let is_author = kept.author == self.session.email_untracked();
        let role = self.session.role_untracked();
        let mut draft = kept.draft;
        draft.scopes = draft
            .scopes
            .iter()
            .filter(|scope| role.can_grant(*scope))
            .collect();
        is_author.then_some((draft, kept.step))
    }

    /// Saves the draft, in memory only.
    pub fn keep(self, draft: KeyDraft, step: Step) {
        let author = self.session.email_untracked();
        self.kept.set_value(Some(Kept {
            author,
            draft,
            step,
        }));
    }

    /// Discards the draft, after the key was created or the dialog closed.
    pub fn forget(self) {
        self.kept.set_value(None);
    }
}
