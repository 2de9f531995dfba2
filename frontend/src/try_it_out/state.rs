//! What the tester keeps between the pages of the documentation: which key is used, the
//! tokens that stand in for keys, the last calls. In memory only, and gone with the page.

use crate::state::clock;
use crate::{
    docs::openapi::Draft,
    try_it_out::logic::history::{Call, History},
};
use chrono::TimeDelta;
use leptos::prelude::*;
use shared::{ids::KeyId, key::PlaygroundToken};
use std::collections::HashMap;

/// A token that ends sooner than this is not used any more.
const SPARE: TimeDelta = TimeDelta::seconds(10);

/// Which key the calls are made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// None is chosen: the most suitable one is taken.
    Suitable,
    /// One of the company's.
    Own(KeyId),
    /// One that is pasted.
    Pasted,
}

/// The tester's memory, in context below the documentation's layout.
#[derive(Clone, Copy)]
pub struct TryIt {
    /// Which key is used.
    pub choice: RwSignal<Choice>,
    /// The pasted key.
    pub pasted: RwSignal<String>,
    /// The last calls.
    pub history: RwSignal<History>,
    tokens: StoredValue<HashMap<String, PlaygroundToken>>,
    reopened: StoredValue<Option<(String, Draft)>>,
}

impl TryIt {
    /// Puts an empty memory into context.
    pub fn provide() {
        provide_context(Self {
            choice: RwSignal::new(Choice::Suitable),
            pasted: RwSignal::new(String::new()),
            history: RwSignal::new(History::default()),
            tokens: StoredValue::new(HashMap::new()),
            reopened: StoredValue::new(None),
        });
    }

    /// The memory from context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// A token for this key that still works for a while.
    pub fn token(self, id: &KeyId) -> Option<String> {
        let now = clock::now();
        self.tokens.with_value(|tokens| {
            let token = tokens.get(id.as_str())?;
            (token.expires_at > now + SPARE).then(|| token.token.clone())
        })
    }

    /// Keeps a token for this key.
    pub fn keep_token(self, id: &KeyId, token: PlaygroundToken) {
        self.tokens.update_value(|tokens| {
            tokens.insert(id.as_str().to_owned(), token);
        });
    }

    /// Forgets the token for this key, because it was refused.
    pub fn forget_token(self, id: &KeyId) {
        self.tokens.update_value(|tokens| {
            tokens.remove(id.as_str());
        });
    }

    /// Has the page of the call's operation begin with what was filled in then.
    pub fn reopen(self, call: &Call) {
        let (id, draft) = (call.operation_id.clone(), call.draft.clone());
        self.reopened.set_value(Some((id, draft)));
    }

    /// What to begin with on the page of this operation, once.
    pub fn take_reopened(self, operation_id: &str) -> Option<Draft> {
        let reopened = self.reopened.try_update_value(Option::take).flatten();
        let (id, draft) = reopened?;
        (id == operation_id).then_some(draft)
    }
}
