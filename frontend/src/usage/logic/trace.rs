//! Gateway checks of a request, and the one that rejected it.

use shared::usage::{Check, RequestDetail};

/// Result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    Refused,
    /// The request was rejected by an earlier check.
    NotReached,
}

impl Outcome {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Passed => "Passed",
            Self::Refused => "Refused",
            Self::NotReached => "Not reached",
        }
    }
}

/// Returns the subject of a check.
pub const fn label(check: Check) -> &'static str {
    match check {
        Check::Syntax => "Size and syntax",
        Check::Key => "API key",
        Check::Address => "IP address",
        Check::Scope => "Permissions",
        Check::RateLimit => "Rate limit",
        Check::Validation => "Path and body",
        Check::Handler => "Execution",
    }
}

/// Returns all checks with their outcomes, in order.
pub fn trace(request: &RequestDetail) -> [(Check, Outcome); 7] {
    let refused_by = request.failure.as_ref().map(|failure| failure.refused_by);
    let position = |check| Check::ALL.iter().position(|other| *other == check);
    let end = refused_by.and_then(position);
    Check::ALL.map(|check| {
        let outcome = match (position(check), end) {
            (Some(here), Some(end)) if here == end => Outcome::Refused,
            (Some(here), Some(end)) if here > end => Outcome::NotReached,
            _ => Outcome::Passed,
        };
        (check, outcome)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::logic::test_usage::test_request;
    use serde_json::json;

    #[test]
    fn a_request_that_worked_passed_everything() {
        let request = test_request(json!({}));
        assert!(
            trace(&request)
                .iter()
                .all(|(_, outcome)| *outcome == Outcome::Passed)
        );
    }

    #[test]
    fn a_refused_request_went_no_further() {
        let failure = json!({
            "error": "rate_limit_exceeded", "message": "", "refused_by": "rate_limit",
        });
        let request = test_request(json!({ "status": 429, "failure": failure }));
        let outcomes = trace(&request).map(|(_, outcome)| outcome);
        assert_eq!(outcomes[..4], [Outcome::Passed; 4]);
        assert_eq!(outcomes[4], Outcome::Refused);
        assert_eq!(outcomes[5..], [Outcome::NotReached; 2]);
        assert_eq!(label(trace(&request)[4].0), "Rate limit");
        assert_eq!(outcomes[4].label(), "Refused");
    }
}
