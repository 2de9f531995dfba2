//! The calls that were tried, for as long as the page is open. Keys are not among what
//! is remembered, even where somebody has typed one into a field.

use crate::docs::openapi::{Draft, Operation};
use crate::try_it_out::logic::credential::without_keys;
use chrono::{DateTime, Utc};

/// How many are remembered.
const MOST: usize = 20;

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallStatus {
    /// With an answer that has this status.
    Answered(u16),
    /// The person did not want it any more.
    Cancelled,
    /// No answer came.
    Unanswered,
}

/// A call that was tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Its number, which no other call has.
    pub number: u32,
    /// The operation.
    pub operation_id: String,
    /// The group of the operation.
    pub group: String,
    /// HTTP method.
    pub method: String,
    /// Path and query.
    pub url: String,
    /// What was filled in.
    pub draft: Draft,
    /// How it ended.
    pub ended: CallStatus,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
    /// When it was sent.
    pub at: DateTime<Utc>,
}

/// The last calls, the newest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    calls: Vec<Call>,
    last_number: u32,
}

impl History {
    /// Remembers a call, and forgets the oldest if there are too many.
    pub fn add(
        &mut self,
        operation: &Operation,
        (url, draft): (&str, &Draft),
        (ended, took_ms): (CallStatus, i64),
        at: DateTime<Utc>,
    ) {
        self.last_number += 1;
        let call = Call {
            number: self.last_number,
            operation_id: operation.id.clone(),
            group: operation.group.clone(),
            method: operation.method.clone(),
            url: without_keys(url),
            draft: cleaned(operation, draft),
            ended,
            took_ms,
            at,
        };
        self.calls.insert(0, call);
        self.calls.truncate(MOST);
    }

    /// The calls, the newest first.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }
}

fn cleaned(operation: &Operation, draft: &Draft) -> Draft {
    let mut clean = draft.clone();
    clean.body = without_keys(&draft.body);
    for parameter in &operation.parameters {
        let value = draft.value(parameter.place, &parameter.name);
        clean.set(parameter.place, &parameter.name, &without_keys(value));
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::openapi::{Document, Place};

    #[test]
    fn twenty_calls_without_keys_are_remembered() {
        let text = include_str!("../../../../docs/openapi.json");
        let document = Document::read(serde_json::from_str(text).unwrap()).unwrap();
        let mut operations = document.operations.iter();
        let operation = operations.find(|it| it.id == "send_email").unwrap();
        let key = format!("pm_test_{}", "s".repeat(64));
        let mut draft = Draft::example(&document, operation);
        draft.set(Place::Header, "Idempotency-Key", &key);
        draft.body = format!("{{\"to\":\"{key}\"}}");
        let mut history = History::default();
        for _ in 0..25 {
            let url = format!("/v1/emails/send?x={key}");
            let ended = (CallStatus::Answered(200), 5);
            history.add(operation, (&url, &draft), ended, DateTime::UNIX_EPOCH);
        }
        assert_eq!(history.calls().len(), 20);
        assert_eq!(history.calls()[0].number, 25);
        let remembered = format!("{history:?}");
        assert!(!remembered.contains("sss") && remembered.contains("pm_test_..."));
    }
}
