//! The server's secret keys with the sub-keys derived from them, and the stored form of API keys.
//!
//! A key's 46 secret characters are 274 bits, so no work factor is needed against guessing; the
//! pepper makes a stolen database useless without the secret key.
//! The database stores nothing that verifies faster than bcrypt; the digests of verified keys are in
//! memory only (`keys::cache`).

use crate::{
    keys::format::{CHECK_LEN, KeyParts, PlainKey},
    random::base62_digits,
};
use anyhow::{Context, bail};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use ring::{
    aead, hkdf, hmac,
    rand::{SecureRandom, SystemRandom},
};
use shared::ids::KeyId;
use subtle::ConstantTimeEq;

/// Bytes of a signature that a link or a cookie carries.
pub const TAG_LEN: usize = 16;
/// Minimum length of a configured secret key in bytes.
const SECRET_MIN_LEN: usize = 32;

/// A secret read from the environment or a file. Without `Debug`, so that it is never logged.
pub struct SecretText(String);

impl SecretText {
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// Returns the secret in plain text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// All configured secret keys. The first one signs; the others still verify. Without `Debug`.
pub struct SecretKeys {
    ring: Vec<SecretKey>,
}

/// Sub-keys of one configured secret, derived by HKDF-SHA256 (RFC 5869).
struct SecretKey {
    version: i32,
    /// Signs the check characters of API keys.
    check: hmac::Key,
    /// Peppers API keys before bcrypt.
    pepper: hmac::Key,
    /// Signs links in emails.
    links: hmac::Key,
    /// Signs device cookies.
    devices: hmac::Key,
    /// Hashes the `Idempotency-Key`s of requests.
    idempotency: hmac::Key,
    /// Computes the value that ties a database to this secret.
    database: hmac::Key,
    /// Encrypts recoverable API keys.
    seal: aead::LessSafeKey,
}

impl SecretKey {
    fn derive(secret: &[u8]) -> anyhow::Result<Self> {
        let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, b"penguinmails v1").extract(secret);
        let sub_key = |purpose: &'static [u8]| -> anyhow::Result<hmac::Key> {
            let purpose = [purpose];
            let expanded = extracted
                .expand(&purpose, hmac::HMAC_SHA256)
                .map_err(|_| anyhow::anyhow!("could not derive a sub-key"))?;
            Ok(expanded.into())
        };
        let seal = extracted
            .expand(&[b"recoverable api keys"], &aead::AES_256_GCM)
            .map_err(|_| anyhow::anyhow!("could not derive a sub-key"))?;
        let database = sub_key(b"database check")?;
        let tag = hmac::sign(&database, b"version");
        let mut version = [0; 4];
        version.copy_from_slice(&tag.as_ref()[..4]);
        Ok(Self {
            version: i32::from_be_bytes(version) & i32::MAX,
            check: sub_key(b"api key check characters")?,
            pepper: sub_key(b"api key pepper")?,
            links: sub_key(b"links of mails")?,
            devices: sub_key(b"device cookies")?,
            idempotency: sub_key(b"idempotency keys")?,
            database,
            seal: aead::LessSafeKey::new(seal.into()),
        })
    }
}

impl SecretKeys {
    /// Generates a secret key as text for a file or variable.
    pub fn generate() -> anyhow::Result<SecretText> {
        let mut bytes = [0; 32];
        SystemRandom::new()
            .fill(&mut bytes)
            .map_err(|_| anyhow::anyhow!("the random source failed"))?;
        Ok(SecretText::new(STANDARD_NO_PAD.encode(bytes)))
    }

    /// Parses secret keys, one per line or separated by commas, newest first.
    pub fn parse(text: &SecretText) -> anyhow::Result<Self> {
        let lines = text
            .expose()
            .split([',', '\n'])
            .map(str::trim)
            .filter(|line| !line.is_empty());
        let mut ring = Vec::new();
        for line in lines {
            if line.len() < SECRET_MIN_LEN {
                bail!("a secret key must have at least {SECRET_MIN_LEN} characters");
            }
            ring.push(SecretKey::derive(line.as_bytes())?);
        }
        if ring.is_empty() {
            bail!("the secret key is empty");
        }
        Ok(Self { ring })
    }

    fn newest(&self) -> &SecretKey {
        &self.ring[0]
    }

    /// Returns the version of each secret and the value by which a database recognizes it.
    pub fn check_values(&self) -> Vec<(i32, String)> {
        let value = |secret: &SecretKey| {
            STANDARD_NO_PAD.encode(hmac::sign(&secret.database, b"check value"))
        };
        self.ring
            .iter()
            .map(|secret| (secret.version, value(secret)))
            .collect()
    }

    /// Computes the check characters for the first 66 bytes of a new key.
    pub fn mint_check(&self, signed: &[u8]) -> [u8; CHECK_LEN] {
        check_characters(self.newest(), signed)
    }

    /// Verifies the check characters in constant time.
    pub fn check_matches(&self, parts: &KeyParts<'_>) -> bool {
        self.ring.iter().any(|secret| {
            check_characters(secret, parts.signed())
                .ct_eq(parts.check())
                .into()
        })
    }

    /// Signs a link in an email.
    pub fn sign_link(&self, payload: &[u8]) -> [u8; TAG_LEN] {
        short_tag(&self.newest().links, payload)
    }

    /// Returns the digests of an `Idempotency-Key` under each configured secret, newest first. It
    /// is hashed because clients sometimes send an API key there.
    pub fn idempotency_digests(&self, text: &str) -> Vec<String> {
        let digest = |secret: &SecretKey| {
            STANDARD_NO_PAD.encode(hmac::sign(&secret.idempotency, text.as_bytes()))
        };
        self.ring.iter().map(digest).collect()
    }

    /// Verifies the signature of a link in constant time.
    pub fn link_is_ours(&self, payload: &[u8], tag: &[u8; TAG_LEN]) -> bool {
        self.ring
            .iter()
            .any(|secret| short_tag(&secret.links, payload).ct_eq(tag).into())
    }

    /// Signs a device cookie.
    pub fn sign_device(&self, payload: &[u8]) -> [u8; TAG_LEN] {
        short_tag(&self.newest().devices, payload)
    }

    /// Verifies the signature of a device cookie in constant time.
    pub fn device_is_ours(&self, payload: &[u8], tag: &[u8; TAG_LEN]) -> bool {
        self.ring
            .iter()
            .any(|secret| short_tag(&secret.devices, payload).ct_eq(tag).into())
    }

    /// Returns the stored form of a key, `bcrypt(base64(HMAC-SHA256(pepper, key)))`, and the
    /// version of the secret. Takes milliseconds.
    pub fn hash(&self, key: &KeyParts<'_>, cost: u32) -> anyhow::Result<(String, i32)> {
        let secret = self.newest();
        let hash = bcrypt::hash(peppered(secret, key), cost).context("bcrypt failed")?;
        Ok((hash, secret.version))
    }

    /// Returns `true` if `hash` is the stored form of `key`. Takes milliseconds.
    pub fn verify(&self, key: &KeyParts<'_>, hash: &str, version: i32) -> bool {
        let secret = self.ring.iter().find(|secret| secret.version == version);
        secret.is_some_and(|secret| bcrypt::verify(peppered(secret, key), hash).unwrap_or(false))
    }

    /// Encrypts a key with AES-256-GCM, bound to its id, in base64.
    pub fn seal(&self, key: &KeyParts<'_>) -> anyhow::Result<String> {
        let mut nonce = [0; aead::NONCE_LEN];
        SystemRandom::new()
            .fill(&mut nonce)
            .map_err(|_| anyhow::anyhow!("the random source failed"))?;
        let mut text = key.bytes().to_vec();
        let nonce_once = aead::Nonce::assume_unique_for_key(nonce);
        self.newest()
            .seal
            .seal_in_place_append_tag(nonce_once, associated(key), &mut text)
            .map_err(|_| anyhow::anyhow!("encryption failed"))?;
        Ok(STANDARD_NO_PAD.encode([&nonce[..], &text].concat()))
    }

    /// Decrypts a key encrypted by [`Self::seal`]. `None` if it belongs to another id, or its
    /// secret is no longer configured.
    pub fn open(&self, id: &KeyId, sealed: &str, version: i32) -> Option<PlainKey> {
        let secret = self.ring.iter().find(|secret| secret.version == version)?;
        let mut bytes = STANDARD_NO_PAD.decode(sealed).ok()?;
        let (nonce, text) = bytes.split_at_mut_checked(aead::NONCE_LEN)?;
        let nonce = aead::Nonce::try_assume_unique_for_key(nonce).ok()?;
        let id = aead::Aad::from(id.as_str().as_bytes());
        let plain = secret.seal.open_in_place(nonce, id, text).ok()?;
        PlainKey::from_sealed(plain)
    }
}

/// Returns the associated data that binds a sealed key to its id.
fn associated(key: &KeyParts<'_>) -> aead::Aad<Vec<u8>> {
    aead::Aad::from(key.id().as_str().as_bytes().to_vec())
}

fn check_characters(secret: &SecretKey, signed: &[u8]) -> [u8; CHECK_LEN] {
    let tag = hmac::sign(&secret.check, signed);
    let mut head = [0; 8];
    head.copy_from_slice(&tag.as_ref()[..8]);
    base62_digits(u64::from_be_bytes(head))
}

/// Computes HMAC-SHA256, truncated to 128 bits.
fn short_tag(key: &hmac::Key, payload: &[u8]) -> [u8; TAG_LEN] {
    let tag = hmac::sign(key, payload);
    let mut head = [0; TAG_LEN];
    head.copy_from_slice(&tag.as_ref()[..TAG_LEN]);
    head
}

fn peppered(secret: &SecretKey, key: &KeyParts<'_>) -> String {
    STANDARD_NO_PAD.encode(hmac::sign(&secret.pepper, key.bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::format::PlainKey;
    use shared::key::Environment;

    #[test]
    fn an_older_secret_still_verifies_and_a_lost_one_does_not() {
        let old = SecretKeys::generate().unwrap();
        let new = SecretKeys::generate().unwrap();
        let before = SecretKeys::parse(&old).unwrap();
        let key = PlainKey::mint(Environment::Live, &before).unwrap();
        let parts = key.parts().unwrap();
        let (hash, version) = before.hash(&parts, 4).unwrap();

        let both = SecretText::new(format!("{}\n{}\n", new.expose(), old.expose()));
        let after = SecretKeys::parse(&both).unwrap();
        assert!(after.check_matches(&parts) && after.verify(&parts, &hash, version));

        let lost = SecretKeys::parse(&new).unwrap();
        assert!(!lost.check_matches(&parts) && !lost.verify(&parts, &hash, version));
    }

    #[test]
    fn a_sealed_key_opens_for_its_own_id_only() {
        let secrets = SecretKeys::parse(&SecretKeys::generate().unwrap()).unwrap();
        let key = PlainKey::mint(Environment::Live, &secrets).unwrap();
        let parts = key.parts().unwrap();
        let sealed = secrets.seal(&parts).unwrap();
        let version = secrets.newest().version;
        let opened = secrets.open(&parts.id(), &sealed, version).unwrap();
        assert_eq!(opened.expose(), key.expose());
        assert!(!sealed.contains(&key.expose()[20..66]));
        assert_ne!(sealed, secrets.seal(&parts).unwrap(), "nonces differ");
        let other = KeyId::new("key_000000000000");
        assert!(secrets.open(&other, &sealed, version).is_none());
        assert!(secrets.open(&parts.id(), &sealed[1..], version).is_none());
        assert!(secrets.open(&parts.id(), "", version).is_none());
    }

    #[test]
    fn short_or_missing_secrets_are_refused() {
        for text in ["", "\n", "short"] {
            assert!(SecretKeys::parse(&SecretText::new(text.into())).is_err());
        }
    }
}
