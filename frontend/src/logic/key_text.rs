//! Keys as text: what may be shown of them, and what may be sent.

use super::site_map::USAGE;
use shared::{
    ids::KeyId,
    key::{Environment, KeyView},
};

/// How many characters after the prefix are public.
const PUBLIC_CHARS: usize = 12;

/// The public beginning of the key itself, `pm_live_abc123def456`: what one looks
/// for in a configuration file to know which key is meant.
pub fn public_prefix(key: &KeyView) -> String {
    let id = key.id.as_str();
    let public = id.strip_prefix(KeyId::PREFIX).unwrap_or(id);
    format!("{}{public}", key.environment.key_prefix())
}

/// The management page with one key in the foreground.
pub fn details_path(id: &KeyId) -> String {
    format!("/dashboard/settings/developers/keys?key={id}")
}

/// The usage page with one key filtered.
pub fn usage_path(id: &KeyId) -> String {
    format!("{USAGE}?key={id}")
}

/// A search text that may leave the browser: of a pasted key only the public
/// beginning is kept.
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
