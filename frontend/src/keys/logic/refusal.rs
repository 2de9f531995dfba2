//! Explanations for requests that were refused because of their key.

use shared::{
    error::ErrorCode,
    key::{KeyRefusal, KeyStatus, KeyView},
};

/// Returns the reason in a few words.
pub fn reason(refusal: &KeyRefusal, status: KeyStatus) -> &'static str {
    match (refusal.error, status) {
        (ErrorCode::InvalidToken, KeyStatus::Disabled) => "Key disabled",
        (ErrorCode::InvalidToken, KeyStatus::Expired) => "Key expired",
        (ErrorCode::InvalidToken, KeyStatus::Revoked) => "Key revoked",
        (ErrorCode::InsufficientScope, _) => "Permission missing",
        (code, _) => code.title(),
    }
}

/// Returns the suggested fix, in a sentence.
pub fn remedy(refusal: &KeyRefusal, status: KeyStatus) -> String {
    let KeyRefusal { address, route, .. } = refusal;
    match (refusal.error, status) {
        (ErrorCode::IpNotAllowed, _) => {
            format!("Add {address} to the key's IP restrictions, or call from an allowed address.")
        }
        (ErrorCode::InsufficientScope, _) => {
            format!("Add the permission that {route} needs to the key.")
        }
        (ErrorCode::InvalidToken, KeyStatus::Disabled) => "Enable the key.".into(),
        (ErrorCode::InvalidToken, KeyStatus::Expired) => "Choose a later expiry date.".into(),
        (ErrorCode::InvalidToken, KeyStatus::Revoked) => "Create a new key.".into(),
        (code, _) => code.remedy().into(),
    }
}

/// Returns the key's last refusal, unless a later request was accepted.
pub fn latest(key: &KeyView) -> Option<&KeyRefusal> {
    let refusal = key.last_refusal.as_ref()?;
    key.last_used_at
        .is_none_or(|used| used < refusal.at)
        .then_some(refusal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::logic::test_key::test_key;
    use serde_json::json;

    fn refused(error: &str) -> KeyView {
        test_key(json!({"last_refusal": {
            "at": "2025-11-02T10:00:00Z", "address": "198.51.100.7",
            "route": "POST /v1/emails/send", "error": error,
        }}))
    }

    #[test]
    fn the_reason_is_told_with_what_helps() {
        let told = |error, status| {
            let key = refused(error);
            let refusal = latest(&key).unwrap();
            (reason(refusal, status), remedy(refusal, status))
        };
        let (why, how) = told("ip_not_allowed", KeyStatus::Active);
        assert_eq!(why, "IP address not allowed");
        assert!(how.contains("198.51.100.7"), "{how}");
        let (why, how) = told("insufficient_scope", KeyStatus::Active);
        assert_eq!(why, "Permission missing");
        assert!(how.contains("POST /v1/emails/send"), "{how}");
        let disabled = told("invalid_token", KeyStatus::Disabled);
        assert_eq!(disabled, ("Key disabled", "Enable the key.".into()));
        let (why, how) = told("rate_limit_exceeded", KeyStatus::Active);
        assert_eq!(why, "Rate limit exceeded");
        assert!(how.starts_with("Wait"), "{how}");
    }

    #[test]
    fn a_later_use_ends_a_refusal() {
        let mut key = refused("ip_not_allowed");
        key.last_used_at = Some("2025-11-02T09:59:59Z".parse().unwrap());
        assert!(latest(&key).is_some());
        key.last_used_at = Some("2025-11-02T10:00:01Z".parse().unwrap());
        assert!(latest(&key).is_none());
    }
}
