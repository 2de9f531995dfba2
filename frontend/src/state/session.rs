//! Session of the signed-in user.

use super::storage;
use crate::{
    api::{self, ApiError},
    logic::next_path::LOGIN,
};
use leptos::{ev, prelude::*, task::spawn_local};
use shared::{error::ErrorCode, role::Role, session::SessionView};

/// Marks a browser that had a session on the last check. The session cookie itself is `HttpOnly`.
const STORAGE_KEY: &str = "signed-in";

/// State of the session. `Loading` is separate from `SignedOut`, so that a reload doesn't flash the
/// sign-in page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionState {
    Loading,
    /// The session could not be fetched.
    Failed(ApiError),
    SignedOut,
    SignedIn(SessionView),
}

/// Session, in context.
#[derive(Clone, Copy)]
pub struct Session {
    state: RwSignal<SessionState>,
    /// Set if the session ended without a sign-out.
    expired: RwSignal<bool>,
}

impl Session {
    /// Fetches the session and provides it as context. The sign-in page skips the request if the
    /// browser had no session: the response would be logged as an error in the console.
    pub fn provide() -> Self {
        let session = Self {
            state: RwSignal::new(SessionState::Loading),
            expired: RwSignal::new(false),
        };
        api::on_session_end(move || session.ended());
        if on_login_page() && storage::get(STORAGE_KEY).is_none() {
            session.state.set(SessionState::SignedOut);
        } else {
            session.load();
        }
        Effect::new(move || match session.state.get() {
            SessionState::SignedIn(_) => storage::set(STORAGE_KEY, "yes"),
            SessionState::SignedOut => storage::remove(STORAGE_KEY),
            SessionState::Loading | SessionState::Failed(_) => {}
        });
        // Detects a sign-out in another tab.
        let listener = window_event_listener(ev::storage, move |event| {
            let is_signed_in = matches!(session.state.get_untracked(), SessionState::SignedIn(_));
            if event.key().as_deref() == Some(STORAGE_KEY)
                && event.new_value().is_none()
                && is_signed_in
            {
                session.load();
            }
        });
        on_cleanup(move || listener.remove());
        provide_context(session);
        session
    }

    pub fn expect() -> Self {
        expect_context()
    }

    /// Fetches the session again.
    pub fn load(self) {
        self.state.set(SessionState::Loading);
        spawn_local(async move {
            let state = match api::auth::get_session().await {
                Ok(view) => SessionState::SignedIn(view),
                Err(error) if error.is(ErrorCode::NotSignedIn) => {
                    self.expired.set(storage::get(STORAGE_KEY).is_some());
                    SessionState::SignedOut
                }
                Err(error) => SessionState::Failed(error),
            };
            self.state.set(state);
        });
    }

    /// Returns the state of the session. Tracked.
    pub fn state(self) -> SessionState {
        self.state.get()
    }

    /// Returns `true` if the last session ended without a sign-out. Tracked.
    pub fn has_expired(self) -> bool {
        self.expired.get()
    }

    /// Returns a memo that is `true` while signed in. Dependents don't re-render when other details
    /// of the session change.
    pub fn is_signed_in(self) -> Memo<bool> {
        Memo::new(move |_| matches!(self.state.get(), SessionState::SignedIn(_)))
    }

    /// Returns a memo that is `true` until the server responds.
    pub fn is_loading(self) -> Memo<bool> {
        Memo::new(move |_| matches!(self.state.get(), SessionState::Loading))
    }

    /// Returns the session of the signed-in user. Tracked.
    pub fn view(self) -> Option<SessionView> {
        match self.state.get() {
            SessionState::SignedIn(view) => Some(view),
            _ => None,
        }
    }

    /// Returns the role of the signed-in user, or the lowest role if signed out. Tracked.
    pub fn role(self) -> Role {
        self.view().map_or(Role::Member, |view| view.user.role)
    }

    /// Returns the role of the signed-in user. Not tracked.
    pub fn role_untracked(self) -> Role {
        untrack(|| self.role())
    }

    /// Returns the email address of the signed-in user. Not tracked.
    pub fn email_untracked(self) -> Option<String> {
        untrack(|| self.view()).map(|view| view.user.email)
    }
    /// Returns `true` if the tenant allows recoverable keys. Not tracked.
    pub fn allows_recoverable_untracked(self) -> bool {
        untrack(|| self.view()).is_some_and(|view| view.tenant.allow_recoverable)
    }

    /// Starts the session after sign-in.
    pub fn begin(self, view: SessionView) {
        self.expired.set(false);
        self.state.set(SessionState::SignedIn(view));
    }

    /// Handles a response with `not_signed_in`.
    fn ended(self) {
        match self.state.get_untracked() {
            SessionState::SignedIn(_) => self.expired.set(true),
            // `load` handles its own response, and several calls may report the same.
            SessionState::Loading | SessionState::SignedOut => return,
            SessionState::Failed(_) => {}
        }
        self.state.set(SessionState::SignedOut);
    }

    /// Signs out. If the server is unreachable, the session continues and the caller shows the
    /// error.
    pub async fn sign_out(self) -> Result<(), ApiError> {
        let result = api::auth::logout().await;
        if result.is_ok() {
            self.state.set(SessionState::SignedOut);
        }
        result
    }
}

fn on_login_page() -> bool {
    let path = window().location().pathname();
    path.is_ok_and(|path| path == LOGIN)
}
