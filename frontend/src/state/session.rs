//! Who is signed in.

use super::storage;
use crate::{
    api::{self, ApiError},
    logic::next_path::LOGIN,
};
use leptos::{ev, prelude::*, task::spawn_local};
use shared::{error::ErrorCode, role::Role, session::SessionView};

/// Says that this browser had a session when it was last looked at; the session
/// itself is in a cookie that pages cannot read.
const STORAGE_KEY: &str = "signed-in";

/// What is known about the session. "Not known yet" is a state of its own, so
/// that a reload does not flash the sign-in page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionState {
    /// The server has not answered yet.
    Loading,
    /// The server could not be asked.
    Failed(ApiError),
    /// Nobody is signed in.
    SignedOut,
    /// Someone is signed in.
    SignedIn(SessionView),
}

/// The session, in context.
#[derive(Clone, Copy)]
pub struct Session {
    state: RwSignal<SessionState>,
    /// Whether a session is over that nobody has ended.
    expired: RwSignal<bool>,
}

impl Session {
    /// Asks the server who is signed in and puts the session into context. Where one
    /// signs in, a browser without a session need not ask: being told so is an error
    /// in its console.
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
        // Another tab has signed out.
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

    /// The session from context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Asks the server again.
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

    /// What is known, tracked.
    pub fn state(self) -> SessionState {
        self.state.get()
    }

    /// Whether someone was signed in here until the session ran out, tracked.
    pub fn has_expired(self) -> bool {
        self.expired.get()
    }

    /// The kind of state only: a part of the page that depends on whether someone
    /// is signed in is not drawn anew when a detail of the session changes.
    pub fn is_signed_in(self) -> Memo<bool> {
        Memo::new(move |_| matches!(self.state.get(), SessionState::SignedIn(_)))
    }

    /// Whether the server has not answered yet.
    pub fn is_loading(self) -> Memo<bool> {
        Memo::new(move |_| matches!(self.state.get(), SessionState::Loading))
    }

    /// The signed-in user's session, tracked.
    pub fn view(self) -> Option<SessionView> {
        match self.state.get() {
            SessionState::SignedIn(view) => Some(view),
            _ => None,
        }
    }

    /// The signed-in user's role, tracked; the weakest for nobody.
    pub fn role(self) -> Role {
        self.view().map_or(Role::Member, |view| view.user.role)
    }

    /// The signed-in user's role at this moment.
    pub fn role_untracked(self) -> Role {
        untrack(|| self.role())
    }

    /// The signed-in user's email address at this moment.
    pub fn email_untracked(self) -> Option<String> {
        untrack(|| self.view()).map(|view| view.user.email)
    }

    /// The name of the signed-in user's company at this moment.
    pub fn tenant_name_untracked(self) -> Option<String> {
        untrack(|| self.view()).map(|view| view.tenant.name)
    }

    /// Whether the signed-in user's company allows recoverable keys at this moment.
    pub fn allows_recoverable_untracked(self) -> bool {
        untrack(|| self.view()).is_some_and(|view| view.tenant.allow_recoverable)
    }

    /// Someone has signed in.
    pub fn begin(self, view: SessionView) {
        self.expired.set(false);
        self.state.set(SessionState::SignedIn(view));
    }

    /// The server says that nobody is signed in.
    fn ended(self) {
        match self.state.get_untracked() {
            SessionState::SignedIn(_) => self.expired.set(true),
            // The answer to that is on its way; several calls may hear the same.
            SessionState::Loading | SessionState::SignedOut => return,
            SessionState::Failed(_) => {}
        }
        self.state.set(SessionState::SignedOut);
    }

    /// Signs out. If the server is out of reach the session goes on, and the page says so.
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
