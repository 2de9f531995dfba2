//! The history of calls, kept until the page is closed. Keys are redacted, even those that the user
//! typed into other fields.

use crate::try_it_out::logic::credential::without_keys;
use chrono::{DateTime, Utc};
use shared::reference::{Draft, Operation};

/// Maximum number of calls in the history.
const MOST: usize = 20;

/// Outcome of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallStatus {
    /// A response with this status.
    Answered(u16),
    /// Cancelled by the user.
    Cancelled,
    /// No response was received.
    Unanswered,
}

/// A call in the history.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Unique number, used as the key of its row.
    pub number: u32,
    pub operation_id: String,
    pub group: String,
    pub method: String,
    /// Path and query, without keys.
    pub url: String,
    /// Form input, without keys.
    pub draft: Draft,
    pub ended: CallStatus,
    pub took_ms: i64,
    pub at: DateTime<Utc>,
}

/// The most recent calls.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    calls: Vec<Call>,
    last_number: u32,
}

impl History {
    /// Records a call, and removes the oldest if there are too many.
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
            operation_id: operation.listed.id.clone(),
            group: operation.listed.group.clone(),
            method: operation.listed.method.clone(),
            url: without_keys(url),
            draft: cleaned(operation, draft),
            ended,
            took_ms,
            at,
        };
        self.calls.insert(0, call);
        self.calls.truncate(MOST);
    }

    /// Returns the calls, newest first.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }
}

fn cleaned(operation: &Operation, draft: &Draft) -> Draft {
    let mut clean = draft.clone();
    clean.body = without_keys(&draft.body);
    for parameter in &operation.parameters {
        let value = draft.value(parameter.location, &parameter.field.name);
        clean.set(
            parameter.location,
            &parameter.field.name,
            &without_keys(value),
        );
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::try_it_out::logic::test_operation;
    use shared::reference::ParameterLocation;

    #[test]
    fn twenty_calls_without_keys_are_remembered() {
        let operation = test_operation("POST", &["emails:send"]);
        let key = format!("pm_test_{}", "s".repeat(64));
        let mut draft = Draft::default();
        draft.set(ParameterLocation::Header, "Idempotency-Key", &key);
        draft.body = format!("{{\"to\":\"{key}\"}}");
        let mut history = History::default();
        for _ in 0..25 {
            let url = format!("/v1/emails/send?x={key}");
            let ended = (CallStatus::Answered(200), 5);
            history.add(&operation, (&url, &draft), ended, DateTime::UNIX_EPOCH);
        }
        assert_eq!(history.calls().len(), 20);
        assert_eq!(history.calls()[0].number, 25);
        let remembered = format!("{history:?}");
        assert!(!remembered.contains("sss") && remembered.contains("pm_test_..."));
    }
}
