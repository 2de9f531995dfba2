//! The dialog that creates a key, which can be opened from everywhere.

use crate::keys::logic::{
    draft::{KeyDraft, Step},
    presets::Preset,
};
use crate::state::session::{Session, SessionState};
use leptos::prelude::*;

/// What has been entered, and by whom.
#[derive(Clone)]
struct Kept {
    author: Option<String>,
    draft: KeyDraft,
    step: Step,
}

/// The dialog, in context. What has been entered outlives it when the session ends while
/// it is open: whoever signs in again goes on there.
#[derive(Clone, Copy)]
pub struct KeyCreation {
    open: RwSignal<bool>,
    template: StoredValue<Option<Preset>>,
    kept: StoredValue<Option<Kept>>,
    session: Session,
}

impl KeyCreation {
    /// Puts the dialog into context, closed.
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

    /// The dialog from context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Whether it is open.
    pub fn is_open(self) -> Signal<bool> {
        self.open.into()
    }

    /// Opens it, with the usual permissions ticked.
    pub fn begin(self) {
        self.open.set(true);
    }

    /// Opens it, with the permissions of `preset` ticked.
    pub fn begin_with(self, preset: Preset) {
        self.template.set_value(Some(preset));
        self.open.set(true);
    }

    /// Closes it, and forgets what has been entered.
    pub fn close(self) {
        self.open.set(false);
        self.template.set_value(None);
        self.forget();
    }

    /// The form as it begins.
    pub fn pristine(self) -> KeyDraft {
        let role = self.session.role_untracked();
        let mut draft = KeyDraft::new(role);
        if let Some(preset) = self.template.get_value() {
            draft.scopes = preset.scopes(role);
        }
        draft
    }

    /// What was entered before the session ended, by who is signed in now.
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

    /// Keeps what has been entered so far, in memory alone.
    pub fn keep(self, draft: KeyDraft, step: Step) {
        let author = self.session.email_untracked();
        self.kept.set_value(Some(Kept {
            author,
            draft,
            step,
        }));
    }

    /// Forgets what has been entered: the key is there.
    pub fn forget(self) {
        self.kept.set_value(None);
    }
}
