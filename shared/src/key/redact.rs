//! Recognizing keys in texts where none belongs.

/// What every kind of key begins with, playground tokens included.
const PREFIXES: [&str; 3] = ["pm_live_", "pm_test_", "pm_play_"];

/// The characters after the prefix that are no secret: a key's id.
const PUBLIC_CHARS: usize = 12;

/// Returns whether a text contains an API key or playground token, with more of it than
/// the id, which is shown in lists and may be searched for.
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
