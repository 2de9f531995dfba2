//! Minting of new API keys.

use crate::{
    keys::{
        format::{ID_LEN, KEY_LEN, PLAYGROUND_PREFIX, PlainKey, SECRET_LEN},
        secret::SecretKeys,
    },
    random::random_base62,
};
use shared::{ids::KeyId, key::Environment};

impl PlainKey {
    /// Makes a new key from the machine's random source.
    pub fn mint(environment: Environment, secrets: &SecretKeys) -> anyhow::Result<Self> {
        Self::mint_with(environment.key_prefix(), secrets)
    }

    /// Makes a new playground token.
    pub fn mint_playground(secrets: &SecretKeys) -> anyhow::Result<Self> {
        Self::mint_with(PLAYGROUND_PREFIX, secrets)
    }

    fn mint_with(prefix: &str, secrets: &SecretKeys) -> anyhow::Result<Self> {
        let mut text = String::with_capacity(KEY_LEN);
        text.push_str(prefix);
        text.push_str(&random_base62(ID_LEN + SECRET_LEN)?);
        let check = secrets.mint_check(text.as_bytes());
        text.extend(check.iter().map(|byte| char::from(*byte)));
        Ok(Self::new(text))
    }
}

/// A new key with the data that is stored for it.
pub struct Minted {
    /// Plaintext key, for the one response that shows it.
    pub plain: PlainKey,
    pub id: KeyId,
    /// bcrypt of the peppered key.
    pub secret_hash: String,
    /// Version of the secret key that the pepper was derived from.
    pub secret_version: i32,
    /// Last characters of the masked key.
    pub mask_suffix: String,
    /// Encrypted key, if it is recoverable.
    pub sealed: Option<String>,
}

impl Minted {
    /// Mints a key. Takes as long as bcrypt.
    pub fn new(
        environment: Environment,
        recoverable: bool,
        secrets: &SecretKeys,
        bcrypt_cost: u32,
    ) -> anyhow::Result<Self> {
        let plain = PlainKey::mint(environment, secrets)?;
        let parts = plain
            .parts()
            .ok_or_else(|| anyhow::anyhow!("minted an ill-formed key"))?;
        let (secret_hash, secret_version) = secrets.hash(&parts, bcrypt_cost)?;
        Ok(Self {
            id: parts.id(),
            secret_hash,
            secret_version,
            mask_suffix: parts.mask_suffix(),
            sealed: recoverable.then(|| secrets.seal(&parts)).transpose()?,
            plain,
        })
    }
}
