//! The format of API keys: `pm_live_` or `pm_test_`, then 64 base62 characters: 12 of the public
//! id, 46 secret ones and 6 check characters. A playground token has the same format with the
//! prefix `pm_play_`.
//!
//! The check characters are a truncated HMAC under a server key, so that a mistyped or made-up key
//! is rejected without a database query.

use shared::{ids::KeyId, key::Environment};

/// Prefix of playground tokens.
pub const PLAYGROUND_PREFIX: &str = "pm_play_";
/// The prefixes of keys and playground tokens.
pub const PREFIXES: [&[u8]; 3] = [b"pm_live_", b"pm_test_", PLAYGROUND_PREFIX.as_bytes()];
const PREFIX_LEN: usize = 8;
/// Length of the public id in characters.
pub const ID_LEN: usize = 12;
pub(super) const SECRET_LEN: usize = 46;
/// Number of check characters at the end of a key.
pub const CHECK_LEN: usize = 6;
const SIGNED_LEN: usize = PREFIX_LEN + ID_LEN + SECRET_LEN;
/// Length of a whole key in bytes. bcrypt ignores everything after byte 72, which is one reason why
/// keys go through HMAC first.
pub const KEY_LEN: usize = SIGNED_LEN + CHECK_LEN;

/// The public id inside a key.
pub type IdChars = [u8; ID_LEN];

/// A plaintext API key. Without `Debug` and `Display`, so that it is never logged.
#[derive(Clone)]
pub struct PlainKey(String);

impl PlainKey {
    /// Wraps a text that has the form of a key.
    pub(super) fn new(text: String) -> Self {
        Self(text)
    }

    /// Restores a key from its decrypted form.
    pub(super) fn from_sealed(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        KeyParts::parse(text).map(|_| Self(text.to_owned()))
    }

    /// Returns the plaintext, for the one response that shows it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub fn parts(&self) -> Option<KeyParts<'_>> {
        KeyParts::parse(&self.0)
    }
}

/// The kind of credential, according to the prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A key for this environment.
    Key(Environment),
    /// A playground token, which acts for a key.
    Playground,
}

/// Text in the format of a key. Without `Debug`, as for [`PlainKey`].
#[derive(Clone, Copy)]
pub struct KeyParts<'a> {
    text: &'a [u8],
    pub kind: Kind,
}

impl<'a> KeyParts<'a> {
    /// Splits a text in the format of a key. Does not check whether the key exists.
    pub fn parse(text: &'a (impl AsRef<[u8]> + ?Sized)) -> Option<Self> {
        let text = text.as_ref();
        // Checking all characters is faster than stopping at the first invalid one.
        let alphanumeric = |ok, character: &u8| ok & character.is_ascii_alphanumeric();
        if text.len() != KEY_LEN || !text[PREFIX_LEN..].iter().fold(true, alphanumeric) {
            return None;
        }
        let environment = Environment::ALL
            .into_iter()
            .find(|environment| text.starts_with(environment.key_prefix().as_bytes()));
        let kind = match environment {
            Some(environment) => Kind::Key(environment),
            None if text.starts_with(PLAYGROUND_PREFIX.as_bytes()) => Kind::Playground,
            None => return None,
        };
        Some(Self { text, kind })
    }

    pub fn bytes(&self) -> &'a [u8] {
        self.text
    }

    /// Returns the part that the check characters authenticate.
    pub fn signed(&self) -> &'a [u8] {
        &self.text[..SIGNED_LEN]
    }

    pub fn check(&self) -> &'a [u8] {
        &self.text[SIGNED_LEN..]
    }

    pub fn id_chars(&self) -> IdChars {
        let mut id = [0; ID_LEN];
        id.copy_from_slice(&self.text[PREFIX_LEN..PREFIX_LEN + ID_LEN]);
        id
    }

    /// Returns the id with the prefix that clients see.
    pub fn id(&self) -> KeyId {
        key_id(&self.id_chars())
    }

    /// Returns the last three characters, which a masked key shows. They are check characters, so
    /// they reveal nothing secret.
    pub fn mask_suffix(&self) -> String {
        String::from_utf8_lossy(&self.text[KEY_LEN - 3..]).into_owned()
    }
}

/// Converts the public id inside a key to the id that clients see.
pub fn key_id(chars: &IdChars) -> KeyId {
    KeyId::new(format!(
        "{}{}",
        KeyId::PREFIX,
        String::from_utf8_lossy(chars)
    ))
}

/// Converts an id that clients see to the public id inside a key; `None` if it is invalid.
pub fn id_chars(id: &KeyId) -> Option<IdChars> {
    id.as_str()
        .strip_prefix(KeyId::PREFIX)?
        .as_bytes()
        .try_into()
        .ok()
}

/// Masks the secret part of a key: `pm_live_abc...xyz`.
pub fn masked(environment: Environment, id: &str, mask_suffix: &str) -> String {
    let id = id.strip_prefix(KeyId::PREFIX).unwrap_or(id);
    let shown: String = id.chars().take(3).collect();
    format!("{}{shown}...{mask_suffix}", environment.key_prefix())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::secret::SecretKeys;

    fn secrets() -> SecretKeys {
        SecretKeys::parse(&SecretKeys::generate().unwrap()).unwrap()
    }

    #[test]
    fn keys_have_the_documented_form() {
        let secrets = secrets();
        let key = PlainKey::mint(Environment::Test, &secrets).unwrap();
        assert_eq!(key.expose().len(), "pm_test_".len() + 64);
        let parts = key.parts().unwrap();
        assert_eq!(parts.kind, Kind::Key(Environment::Test));
        assert!(secrets.check_matches(&parts));
        assert_eq!(parts.id().as_str(), format!("key_{}", &key.expose()[8..20]));
        assert_eq!(id_chars(&parts.id()), Some(parts.id_chars()));
        assert_eq!(
            masked(Environment::Test, parts.id().as_str(), &parts.mask_suffix()),
            format!("pm_test_{}...{}", &key.expose()[8..11], &key.expose()[69..])
        );
    }

    #[test]
    fn any_other_character_anywhere_is_refused_without_database_or_bcrypt() {
        let secrets = secrets();
        for environment in Environment::ALL {
            let key = PlainKey::mint(environment, &secrets).unwrap();
            let right = key.expose().as_bytes();
            for position in 0..KEY_LEN {
                for wrong in (0..=u8::MAX).filter(|byte| *byte != right[position]) {
                    let mut text = right.to_vec();
                    text[position] = wrong;
                    let accepted =
                        KeyParts::parse(&text).is_some_and(|parts| secrets.check_matches(&parts));
                    assert!(!accepted, "{wrong} at {position}");
                }
            }
        }
    }

    #[test]
    fn exchanged_neighbours_are_refused() {
        let secrets = secrets();
        let key = PlainKey::mint(Environment::Live, &secrets).unwrap();
        for position in 1..KEY_LEN {
            let mut text = key.expose().as_bytes().to_vec();
            text.swap(position - 1, position);
            let accepted =
                KeyParts::parse(&text).is_some_and(|parts| secrets.check_matches(&parts));
            assert_eq!(accepted, text == key.expose().as_bytes(), "{position}");
        }
    }

    #[test]
    fn a_key_of_another_server_is_refused() {
        let key = PlainKey::mint(Environment::Live, &secrets()).unwrap();
        assert!(!secrets().check_matches(&key.parts().unwrap()));
    }

    #[test]
    fn other_texts_are_not_keys() {
        for text in [
            "",
            "pm_live_",
            "pm_prod_",
            &"x".repeat(KEY_LEN),
            &"é".repeat(KEY_LEN / 2),
        ] {
            assert!(KeyParts::parse(text).is_none(), "{text}");
        }
    }
}
