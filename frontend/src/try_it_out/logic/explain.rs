//! Explains error responses to the user.

use crate::logic::site_map::{BILLING, KEYS};
use shared::{
    error::{ErrorCode, Problem},
    scope::{Scope, ScopeSet},
};

/// An explanation of an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    pub title: String,
    /// Suggested fix, in a sentence or two.
    pub text: String,
    /// Label and URL of the page to fix it on.
    pub link: Option<(&'static str, String)>,
    /// Seconds to wait before the next call.
    pub wait_secs: Option<u32>,
}

/// Credential of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Used<'a> {
    /// Playground token for the key with this id.
    Token(&'a str),
    Pasted,
}

/// Explains an error response. `None` if `body` isn't a problem document.
pub fn explain(body: &[u8], used: Used<'_>) -> Option<Explanation> {
    let problem: Problem = serde_json::from_slice(body).ok()?;
    let key_page = match used {
        Used::Token(id) => format!("{KEYS}?key={id}"),
        Used::Pasted => KEYS.to_owned(),
    };
    let (title, text, link) = match problem.error {
        ErrorCode::InvalidToken => (
            "The key was not accepted".to_owned(),
            match used {
                Used::Token(_) => "The token has expired, or the key was changed. Send again to get a new token.",
                Used::Pasted => "Check that you pasted the whole key. Its card shows whether it is active, expired or revoked.",
            }
            .to_owned(),
            Some(("Look at your keys", key_page)),
        ),
        ErrorCode::InsufficientScope => {
            let scopes = problem.required_scope.into_iter().flat_map(ScopeSet::iter);
            let names: Vec<_> = scopes.map(Scope::label).collect();
            (
                "The key may not do this".to_owned(),
                format!("It lacks the permission {}. Choose another key, or add it on the key’s card.", names.join(", ")),
                Some(("Edit the key’s permissions", key_page)),
            )
        }
        ErrorCode::IpNotAllowed => (
            "The key may not be used from here".to_owned(),
            "Your address is not on the key’s list. Choose another key, or add your address.".to_owned(),
            Some(("Edit the key’s addresses", key_page)),
        ),
        ErrorCode::RateLimitExceeded if problem.limit.as_deref().is_some_and(|it| it != "plan") => (
            "Rate limit exceeded".to_owned(),
            "This endpoint has a separate limit, the same on every plan. Spread the calls out, or send to many recipients with one campaign.".to_owned(),
            None,
        ),
        ErrorCode::RateLimitExceeded => (
            "Rate limit exceeded".to_owned(),
            "Upgrade plan for higher limits.".to_owned(),
            Some(("View plans →", BILLING.to_owned())),
        ),
        ErrorCode::TooManyFailedAttempts => (
            "Too many invalid keys".to_owned(),
            "Too many requests with an invalid key came from your address. Valid keys still work.".to_owned(),
            Some(("Look at your keys", key_page)),
        ),
        _ => (problem.message, problem.detail, None),
    };
    Some(Explanation {
        title,
        text,
        link,
        wait_secs: problem.retry_after,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(code: &str, more: serde_json::Value, used: Used<'_>) -> Explanation {
        let mut problem = json!({
            "type": "x", "title": "T", "status": 400, "detail": "Do this.",
            "error": code, "message": "That happened.", "request_id": "req_1"
        });
        let (Some(problem_members), Some(more)) = (problem.as_object_mut(), more.as_object())
        else {
            panic!("both are objects");
        };
        problem_members.extend(more.clone());
        explain(problem.to_string().as_bytes(), used).unwrap()
    }

    #[test]
    fn what_to_do_depends_on_whose_key_it_was() {
        let token = of("invalid_token", json!({}), Used::Token("key_1"));
        assert!(token.text.contains("new token"));
        assert_eq!(token.link.unwrap().1, format!("{KEYS}?key=key_1"));
        let pasted = of("invalid_token", json!({}), Used::Pasted);
        assert!(pasted.text.contains("pasted"));
    }

    #[test]
    fn missing_permissions_are_named_as_the_dashboard_does() {
        let required = json!({ "required_scope": ["emails:send"] });
        let explanation = of("insufficient_scope", required, Used::Pasted);
        assert!(
            explanation.text.contains("Send Emails"),
            "{}",
            explanation.text
        );
    }

    #[test]
    fn limits_say_how_long_to_wait() {
        let limit = of(
            "rate_limit_exceeded",
            json!({ "retry_after": 42, "limit": "plan" }),
            Used::Pasted,
        );
        assert_eq!(limit.wait_secs, Some(42));
        assert_eq!(limit.link.unwrap().1, BILLING);
        let of_endpoint = of(
            "rate_limit_exceeded",
            json!({ "retry_after": 1, "limit": "emails-send" }),
            Used::Pasted,
        );
        assert!(of_endpoint.text.contains("Spread the calls out"));
        assert_eq!(of_endpoint.link, None);
    }

    #[test]
    fn other_errors_speak_for_themselves() {
        let other = of("invalid_email", json!({}), Used::Pasted);
        assert_eq!(
            (other.title.as_str(), other.text.as_str()),
            ("That happened.", "Do this.")
        );
        assert_eq!(explain(b"{\"id\":1}", Used::Pasted), None);
        assert_eq!(explain(b"<html>", Used::Pasted), None);
    }
}
