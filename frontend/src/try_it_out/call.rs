//! A call of the public API, with a playground token or a pasted key.

use crate::{
    api::{self, ApiError},
    state::clock,
    try_it_out::{
        api::NoAnswer,
        logic::{answer::Answer, history::CallStatus},
        state::TryIt,
    },
};
use leptos::prelude::*;
use shared::{
    ids::KeyId,
    reference::{Draft, HttpRequest, Operation},
};
use std::sync::Arc;
use web_sys::AbortSignal;

/// Outcome of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A response to a call with a token for this key, or with a pasted key.
    Answered(Arc<Answer>, Option<KeyId>),
    /// No response was received.
    Unanswered(NoAnswer),
}

/// Credential of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// Playground token for one of the company's keys.
    Own(Box<KeyId>),
    /// A key pasted by the user.
    Pasted(String),
}

/// A call to send, with the input that it was made from.
#[derive(Clone)]
pub struct Call {
    pub request: HttpRequest,
    pub credential: Credential,
    pub draft: Draft,
    pub cancelled: AbortSignal,
}

/// Sends a call and adds it to the history. `sending` is true until the response.
pub async fn send(
    memory: TryIt,
    operation: &Operation,
    call: &Call,
    sending: RwSignal<bool>,
) -> Result<Outcome, ApiError> {
    let (key, id) = match &call.credential {
        Credential::Pasted(key) => (key.clone(), None),
        Credential::Own(id) => (token(memory, id).await?, Some(&**id)),
    };
    // The page was left while the token was created.
    if call.cancelled.aborted() {
        return Ok(Outcome::Unanswered(NoAnswer::Cancelled));
    }
    sending.set(true);
    let at = clock::now();
    let key = call.request.needs_key.then_some(key);
    let result = super::api::call(&call.request, key.as_deref(), &call.cancelled).await;
    let (outcome, status, took_ms) = match result {
        Ok(answer) => {
            if let Some(id) = id.filter(|_| answer.status == 401) {
                memory.forget_token(id);
            }
            let (status, took_ms) = (CallStatus::Answered(answer.status), answer.took_ms);
            let outcome = Outcome::Answered(Arc::new(answer), id.cloned());
            (outcome, status, took_ms)
        }
        Err(why) => {
            let status = match why {
                NoAnswer::Cancelled => CallStatus::Cancelled,
                NoAnswer::Unreachable => CallStatus::Unanswered,
            };
            let took_ms = (clock::now() - at).num_milliseconds();
            (Outcome::Unanswered(why), status, took_ms)
        }
    };
    memory.history.try_update(|history| {
        history.add(
            operation,
            (&call.request.url, &call.draft),
            (status, took_ms),
            at,
        );
    });
    sending.try_set(false);
    Ok(outcome)
}

/// Returns a playground token for a key, from memory or the server.
async fn token(memory: TryIt, id: &KeyId) -> Result<String, ApiError> {
    if let Some(token) = memory.token(id) {
        return Ok(token);
    }
    let created = api::keys::create_playground_token(id).await?;
    let token = created.token.clone();
    memory.keep_token(id, created);
    Ok(token)
}
