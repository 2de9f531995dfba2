//! Detection of API keys in text that must not contain one.

/// Prefixes of all kinds of keys, including playground tokens.
const PREFIXES: [&str; 3] = ["pm_live_", "pm_test_", "pm_play_"];

/// Number of characters after the prefix that are public: the key's id.
const PUBLIC_CHARS: usize = 12;

/// Returns `true` if `text` contains more of an API key or playground token than its public id,
/// which lists show and searches accept.
pub fn holds_key(text: &str) -> bool {
    PREFIXES.iter().any(|prefix| {
        text.split(prefix).skip(1).any(|rest| {
            let shown = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
            shown > PUBLIC_CHARS
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_told_from_its_id() {
        assert!(!holds_key(""));
        assert!(!holds_key("search=pm_live_4fGh7kQ2mXyZ&limit=5"));
        assert!(!holds_key("search=pm_live_4fGh7kQ2mXyZ..."));
        assert!(holds_key("api_key=pm_live_4fGh7kQ2mXyZ9"));
        assert!(holds_key("a=pm_test_&b=pm_test_4fGh7kQ2mXyZ4fGh7kQ2mXyZ"));
        assert!(holds_key("Billing (pm_play_4fGh7kQ2mXyZ4fGh7kQ2mXyZ)"));
    }
}
