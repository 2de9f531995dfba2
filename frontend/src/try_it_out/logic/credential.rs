//! Selection and validation of keys, and redaction of keys in texts.

use crate::keys::logic::rights::{grant_of, not_grantable};
use shared::{
    key::{Environment, KeyStatus, KeyView},
    operation::ScopeRequirement,
    reference::RequiredScopes,
    role::Role,
    scope::{Scope, ScopeSet},
};

/// Number of characters after a key's prefix.
const BODY_CHARS: usize = 64;
/// Prefix of playground tokens.
const TOKEN_PREFIX: &str = "pm_play_";

/// Returns the environment of a pasted key, or a message if it can't be a key.
pub fn environment_of(pasted: &str) -> Result<Environment, &'static str> {
    let pasted = pasted.trim();
    for environment in Environment::ALL {
        if let Some(body) = pasted.strip_prefix(environment.key_prefix()) {
            let incomplete =
                "A key has 64 letters and digits after its prefix. Copy the whole key.";
            return is_body(body).then_some(environment).ok_or(incomplete);
        }
    }
    match pasted {
        "" => Err("Paste a key."),
        _ if pasted.starts_with("Bearer ") => Err("Paste the key alone, without “Bearer”."),
        _ => Err("A key begins with pm_test_ or pm_live_."),
    }
}

fn is_body(body: &str) -> bool {
    body.len() == BODY_CHARS && body.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Redacts the secret part of all keys and playground tokens in `text`.
pub fn without_keys(text: &str) -> String {
    let prefixes = Environment::ALL.map(Environment::key_prefix);
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let starts = prefixes.iter().chain([&TOKEN_PREFIX]);
        let next = starts
            .filter_map(|prefix| Some((rest.find(prefix)?, prefix.len())))
            .min();
        let Some((at, length)) = next else {
            clean.push_str(rest);
            return clean;
        };
        let (before, key) = rest.split_at(at + length);
        clean.push_str(before);
        let end = key.find(|c: char| !c.is_ascii_alphanumeric());
        let (body, after) = key.split_at(end.unwrap_or(key.len()));
        clean.push_str(if is_body(body) { "..." } else { body });
        rest = after;
    }
}

/// Returns the scopes that a playground token for `key`, issued to a user with `role`, is missing
/// for an operation. Approvals that the user can't give don't apply to the token.
pub fn missing_scopes(role: Role, key: &KeyView, needed: &RequiredScopes) -> Vec<Scope> {
    let parse = |names: &[String]| -> ScopeSet {
        let scopes = names.iter().filter_map(|name| name.parse().ok());
        scopes.collect()
    };
    let needed = ScopeRequirement {
        all_of: parse(&needed.all_of),
        any_of: parse(&needed.any_of),
    };
    let grant = grant_of(key);
    let masked = if role.can_approve() {
        ScopeSet::EMPTY
    } else {
        grant.approved()
    };
    let held = grant.effective().minus(masked);
    needed.missing(held).iter().collect()
}

/// Returns the default key: a test key with all required scopes. Keys that are being rotated come
/// last, because they stop working soon.
pub fn pick_key<'a>(
    role: Role,
    keys: &'a [KeyView],
    needed: &RequiredScopes,
) -> Option<&'a KeyView> {
    let suits = |key: &&KeyView| {
        key.environment == Environment::Test
            && not_grantable(role, ScopeSet::of(&key.permissions)).is_empty()
            && missing_scopes(role, key, needed).is_empty()
    };
    let suiting = keys.iter().filter(suits);
    suiting.min_by_key(|key| key.status == KeyStatus::Rotating)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::logic::test_key::test_key;
    use serde_json::json;

    #[test]
    fn whole_keys_are_told_from_pieces() {
        let body = "a".repeat(64);
        assert_eq!(
            environment_of(&format!(" pm_live_{body}\n")),
            Ok(Environment::Live)
        );
        assert_eq!(
            environment_of(&format!("pm_test_{body}")),
            Ok(Environment::Test)
        );
        assert!(environment_of(&format!("pm_test_{body}a")).is_err());
        assert!(environment_of("pm_live_abc...xyz").is_err());
        assert!(
            environment_of(&format!("Bearer pm_live_{body}"))
                .unwrap_err()
                .contains("Bearer")
        );
        assert!(environment_of("").is_err());
    }

    #[test]
    fn keys_are_taken_out_of_texts() {
        let key = format!("pm_live_{}", "k".repeat(64));
        let token = format!("pm_play_{}", "t".repeat(64));
        let text = format!("{{\"a\":\"{key}\",\"b\":\"{token}\",\"c\":\"pm_test_short\"}}");
        assert_eq!(
            without_keys(&text),
            "{\"a\":\"pm_live_...\",\"b\":\"pm_play_...\",\"c\":\"pm_test_short\"}"
        );
        assert_eq!(without_keys("nothing"), "nothing");
    }

    fn all_of(names: &[&str]) -> RequiredScopes {
        RequiredScopes {
            all_of: names.iter().map(|name| (*name).to_owned()).collect(),
            ..RequiredScopes::default()
        }
    }

    #[test]
    fn keys_that_soon_end_come_last() {
        let key = |name: &str, environment: &str, status: &str| {
            test_key(json!({ "name": name, "environment": environment, "status": status }))
        };
        let needed = all_of(&["emails:send"]);
        let mut keys = vec![
            key("real", "live", "active"),
            key("old", "test", "rotating"),
            key("new", "test", "active"),
            key("newer", "test", "active"),
        ];
        assert_eq!(pick_key(Role::Owner, &keys, &needed).unwrap().name, "new");
        keys.truncate(2);
        assert_eq!(pick_key(Role::Owner, &keys, &needed).unwrap().name, "old");
        keys.truncate(1);
        assert_eq!(pick_key(Role::Owner, &keys, &needed), None);
    }

    #[test]
    fn missing_scopes_depend_on_the_requirement() {
        let key = test_key(
            json!({ "permissions": ["emails:send", "emails:send_bulk"], "pending_permissions": ["emails:send_bulk"] }),
        );
        let either = RequiredScopes {
            any_of: vec!["emails:send".to_owned(), "analytics:read".to_owned()],
            ..RequiredScopes::default()
        };
        assert_eq!(missing_scopes(Role::Owner, &key, &either), []);
        let both = all_of(&["emails:send_bulk", "campaigns:write"]);
        assert_eq!(
            missing_scopes(Role::Owner, &key, &both),
            [Scope::CampaignsWrite, Scope::EmailsSendBulk]
        );
        assert_eq!(
            missing_scopes(Role::Owner, &key, &RequiredScopes::default()),
            []
        );
        // Approvals don't apply to users who can't give them.
        let approved = test_key(json!({ "permissions": ["emails:send_bulk", "campaigns:write"] }));
        assert_eq!(missing_scopes(Role::Admin, &approved, &both), []);
        let lacks = missing_scopes(Role::Developer, &approved, &both);
        assert_eq!(lacks, [Scope::EmailsSendBulk]);
    }
}
