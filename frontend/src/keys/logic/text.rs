//! Text representations and URLs of keys, and redaction of secrets.

use crate::{
    format::time,
    keys::logic::action::KeyAction,
    logic::site_map::{KEYS, USAGE},
};
use chrono::{DateTime, Utc};
use shared::{
    ids::KeyId,
    key::{Environment, KeyStatus, KeyView},
};

/// Number of public characters after the prefix.
const PUBLIC_CHARS: usize = 12;

/// Returns the public prefix of the key, such as `pm_live_abc123def456`. It identifies a key in a
/// configuration file.
pub fn public_prefix(key: &KeyView) -> String {
    let id = key.id.as_str();
    let public = id.strip_prefix(KeyId::PREFIX).unwrap_or(id);
    format!("{}{public}", key.environment.key_prefix())
}

/// Returns the URL of the management page with a single key.
pub fn details_path(id: &KeyId) -> String {
    format!("{KEYS}?key={id}")
}

/// Returns the same URL, with the dialog for `action` open.
pub fn action_path(id: &KeyId, action: KeyAction) -> String {
    let details = details_path(id);
    match action.verb() {
        Some(verb) => format!("{details}&action={verb}"),
        None => details,
    }
}

/// Returns `Expires in 4 days` for an active key that expires within a week.
pub fn expiring(key: &KeyView, now: DateTime<Utc>) -> Option<String> {
    let end = key.expires_at.filter(|_| key.status == KeyStatus::Active)?;
    time::is_soon(end, now).then(|| format!("Expires {}", time::relative(end, now)))
}

/// Returns the URL of an environment's usage page.
pub fn usage_path(environment: Environment) -> String {
    match environment {
        Environment::Live => USAGE.to_owned(),
        Environment::Test => format!("{USAGE}?environment=test"),
    }
}

/// Returns the URL of the usage page, filtered by key.
pub fn key_usage_path(id: &KeyId, environment: Environment) -> String {
    let page = usage_path(environment);
    let separator = if page.contains('?') { '&' } else { '?' };
    format!("{page}{separator}key={id}")
}

/// Removes the secret from a search text, so that it can be sent: only the public prefix of a
/// pasted key remains.
pub fn without_secret(search: &str) -> &str {
    let search = search.trim();
    for environment in Environment::ALL {
        let prefix = environment.key_prefix();
        if let Some(rest) = search.strip_prefix(prefix)
            && let Some((end, _)) = rest.char_indices().nth(PUBLIC_CHARS)
            && rest.len() > PUBLIC_CHARS + 3
        {
            return &search[..prefix.len() + end];
        }
    }
    search
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::logic::test_key::test_key;
    use serde_json::json;

    #[test]
    fn only_a_working_key_is_about_to_expire() {
        let now = "2025-11-25T12:00:00Z".parse().unwrap();
        let text = |change| expiring(&test_key(change), now);
        let soon = "2025-11-29T13:00:00Z";
        assert_eq!(
            text(json!({ "expires_at": soon })).as_deref(),
            Some("Expires in 4 days")
        );
        assert_eq!(
            text(json!({ "expires_at": soon, "status": "disabled" })),
            None
        );
        assert_eq!(text(json!({ "expires_at": "2025-12-25T12:00:00Z" })), None);
        assert_eq!(text(json!({})), None);
    }

    #[test]
    fn a_pasted_key_is_cut_to_its_public_part() {
        let key = format!("pm_live_abc123def456{}", "s".repeat(52));
        assert_eq!(without_secret(&key), "pm_live_abc123def456");
        assert_eq!(
            without_secret(&format!("  {key}\n")),
            "pm_live_abc123def456"
        );
        for harmless in [
            "Production",
            "pm_test_abc",
            "pm_live_abc123def456...",
            "key_abc123def456",
        ] {
            assert_eq!(without_secret(harmless), harmless);
        }
    }
}
