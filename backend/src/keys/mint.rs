//! Making keys.

use crate::{
    error::ApiError,
    keys::{format::PlainKey, secret::SecretKeys},
    state::AppState,
};
use actix_web::web;
use shared::{ids::KeyId, key::Environment};

/// A new key, and everything that is stored of it.
pub struct Minted {
    /// The key itself, for the one answer that shows it.
    pub plain: PlainKey,
    /// Its public id.
    pub id: KeyId,
    /// bcrypt of the peppered key.
    pub secret_hash: String,
    /// Which secret key the pepper came from.
    pub secret_version: i32,
    /// What the masked key ends with.
    pub mask_suffix: String,
    /// The key, encrypted, if it is to be recoverable.
    pub sealed: Option<String>,
}

impl Minted {
    /// Takes as long as bcrypt.
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

/// Makes a key off the threads that answer requests.
pub async fn mint(
    state: &AppState,
    environment: Environment,
    recoverable: bool,
) -> Result<Minted, ApiError> {
    let (secrets, cost) = (state.secrets.clone(), state.bcrypt_cost);
    web::block(move || Minted::new(environment, recoverable, &secrets, cost))
        .await
        .map_err(ApiError::internal)?
        .map_err(ApiError::internal)
}
