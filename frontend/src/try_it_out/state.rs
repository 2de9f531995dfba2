//! State that Try It Out shares between documentation pages: selected key, playground tokens and
//! history. It is kept in memory only, and lost on reload.

use crate::state::{clock, media};
use crate::try_it_out::logic::history::{Call, History};
use chrono::TimeDelta;
use leptos::prelude::*;
use shared::{ids::KeyId, key::PlaygroundToken, reference::Draft};
use std::collections::HashMap;

/// Minimum remaining lifetime of a token that is reused.
const SPARE: TimeDelta = TimeDelta::seconds(10);

/// Selection of the key for calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Nothing is selected: the most suitable key is used.
    Suitable,
    /// One of the company's keys.
    Own(KeyId),
    /// A key pasted by the user.
    Pasted,
}

/// Shared state, provided as a context below the documentation's layout.
#[derive(Clone, Copy)]
pub struct TryIt {
    pub choice: RwSignal<Choice>,
    pub pasted: RwSignal<String>,
    pub history: RwSignal<History>,
    /// Set on screens as narrow as a phone's.
    pub is_phone: RwSignal<bool>,
    tokens: StoredValue<HashMap<String, PlaygroundToken>>,
    reopened: StoredValue<Option<(String, Draft)>>,
}

impl TryIt {
    /// Provides an empty state as a context.
    pub fn provide() {
        provide_context(Self {
            choice: RwSignal::new(Choice::Suitable),
            pasted: RwSignal::new(String::new()),
            history: RwSignal::new(History::default()),
            is_phone: media::matches("(max-width: 767px)"),
            tokens: StoredValue::new(HashMap::new()),
            reopened: StoredValue::new(None),
        });
    }

    pub fn expect() -> Self {
        expect_context()
    }

    /// Returns the cached token for a key, unless it is about to expire.
    pub fn token(self, id: &KeyId) -> Option<String> {
        let now = clock::now();
        self.tokens.with_value(|tokens| {
            let token = tokens.get(id.as_str())?;
            (token.expires_at > now + SPARE).then(|| token.token.clone())
        })
    }

    /// Caches the token for a key.
    pub fn keep_token(self, id: &KeyId, token: PlaygroundToken) {
        self.tokens.update_value(|tokens| {
            tokens.insert(id.as_str().to_owned(), token);
        });
    }

    /// Removes the token for a key, after the server has refused it.
    pub fn forget_token(self, id: &KeyId) {
        self.tokens.update_value(|tokens| {
            tokens.remove(id.as_str());
        });
    }

    /// Restores the form input of a past call when its operation's page is opened next.
    pub fn reopen(self, call: &Call) {
        let (id, draft) = (call.operation_id.clone(), call.draft.clone());
        self.reopened.set_value(Some((id, draft)));
    }

    /// Returns the input to restore on this operation's page, once.
    pub fn take_reopened(self, operation_id: &str) -> Option<Draft> {
        let reopened = self.reopened.try_update_value(Option::take).flatten();
        let (id, draft) = reopened?;
        (id == operation_id).then_some(draft)
    }
}
