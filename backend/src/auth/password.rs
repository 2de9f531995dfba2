//! Password hashing: Argon2id, two at a time.

use crate::error::ApiError;
use anyhow::Context;
use argon2::{
    Argon2,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use ring::rand::{SecureRandom, SystemRandom};
use shared::error::ErrorCode;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::sync::Semaphore;

/// Each run takes 19 MiB and a core (the `argon2` crate's defaults, which are OWASP's).
const AT_ONCE: usize = 2;
/// How many may wait for their turn before the next one is turned away.
const QUEUE: usize = 20;

/// Hashes and verifies passwords without letting many of them at once take the
/// machine.
pub struct Passwords {
    turns: Arc<Semaphore>,
    queued: AtomicUsize,
    /// Verified when there is no such account, so that it takes as long.
    decoy: String,
}

impl Passwords {
    /// Ready to hash.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            queued: AtomicUsize::new(0),
            decoy: hash(&crate::keys::format::random_base62(16)?)?,
        })
    }

    /// Whether `password` belongs to `stored`; `None` stands for an unknown
    /// account, which takes as long and is never right.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, ApiError> {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.decoy.clone());
        let right = self.in_turn(move || Ok(verify(&password, &stored))).await?;
        Ok(right && known)
    }

    /// The stored form of a password.
    pub async fn hash(&self, password: String) -> Result<String, ApiError> {
        self.in_turn(move || hash(&password).map_err(ApiError::internal))
            .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let place = Place::take(&self.queued)?;
        let turn = self
            .turns
            .clone()
            .acquire_owned()
            .await
            .map_err(ApiError::internal)?;
        drop(place);
        // The turn ends with the work, even if the request is given up before.
        tokio::task::spawn_blocking(move || {
            let result = work();
            drop(turn);
            result
        })
        .await
        .map_err(ApiError::internal)?
    }
}

/// A place in the queue; dropping it leaves the queue.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(queued: &'a AtomicUsize) -> Result<Self, ApiError> {
        if queued.fetch_add(1, Ordering::SeqCst) >= QUEUE {
            queued.fetch_sub(1, Ordering::SeqCst);
            return Err(ApiError::new(ErrorCode::Overloaded).retry_after(2));
        }
        Ok(Self(queued))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The stored form of a password, in PHC form. Takes tens of milliseconds.
pub fn hash(password: &str) -> anyhow::Result<String> {
    let mut salt = [0; 16];
    SystemRandom::new()
        .fill(&mut salt)
        .map_err(|_| anyhow::anyhow!("the random source failed"))?;
    let salt = SaltString::from_b64(&STANDARD_NO_PAD.encode(salt))
        .map_err(|error| anyhow::anyhow!("no salt: {error}"))?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string())
        .map_err(|error| anyhow::anyhow!(error.to_string()))
        .context("could not hash the password")
}

fn verify(password: &str, stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|stored| {
        Argon2::default()
            .verify_password(password.as_bytes(), &stored)
            .is_ok()
    })
}
