//! What is known in memory about keys: whether a presented text was proved to be
//! key X, and what the database says of X. The proof is for ever; the record is
//! dropped whenever it may have changed, before that change is answered.

use crate::{
    error::ApiError,
    gateway::limits::TenantLimits,
    keys::format::{IdChars, KeyParts},
    keys::secret::SecretKeys,
};
use arc_swap::ArcSwapOption;
use dashmap::DashMap;
use ipnet::IpNet;
use parking_lot::Mutex;
use ring::{hmac, rand::SystemRandom};
use rustc_hash::FxBuildHasher;
use shared::{
    ids::{KeyId, TenantId},
    key::{Environment, KeyDates, KeyStatus},
    scope::ScopeSet,
};
use std::sync::{Arc, OnceLock};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

/// How many bcrypt runs may be under way at once.
const BCRYPT_AT_ONCE: usize = 2;

/// What a key may do and from where, as the database says.
pub struct KeyRecord {
    /// Identifier.
    pub id: KeyId,
    /// The tenant it belongs to.
    pub tenant_id: TenantId,
    /// The tenant's limits, shared by all its keys.
    pub limits: Arc<TenantLimits>,
    /// What all keys have in common that replaced each other by rotation.
    pub lineage_id: String,
    /// Which data it works on.
    pub environment: Environment,
    /// The scopes it was given, those pending approval included.
    pub scopes: ScopeSet,
    /// The scopes that have effect, with everything they imply.
    pub effective: ScopeSet,
    /// Where it may be used from; empty for everywhere.
    pub ip_allowlist: Vec<IpNet>,
    /// The dates that decide its status.
    pub dates: KeyDates,
    /// Its stored form.
    pub secret_hash: String,
    /// Which secret key that was made with.
    pub secret_version: i32,
    /// E-mail address of the user it goes back to, for the keys it creates.
    pub creator_email: String,
}

impl KeyRecord {
    /// Whether it works at `now`.
    pub fn works(&self, now: chrono::DateTime<chrono::Utc>) -> bool {
        matches!(
            self.dates.status(now),
            KeyStatus::Active | KeyStatus::Rotating
        )
    }
}

/// Everything in memory about one key id.
#[derive(Default)]
struct Slot {
    record: ArcSwapOption<KeyRecord>,
    /// Counts how often the record was dropped; a load that began before a drop
    /// must not be stored after it.
    generation: Mutex<u64>,
    /// Digest of the text that bcrypt has proved to be this key.
    proof: OnceLock<[u8; 32]>,
    /// Held while bcrypt runs, so that it runs once for a key.
    proving: tokio::sync::Mutex<()>,
}

/// How a presented key was found.
pub enum Lookup {
    /// The text is this key.
    Proved(Arc<KeyRecord>),
    /// There is such a key, and the text is not it.
    Mismatch(Arc<KeyRecord>),
    /// There is no such key.
    Unknown,
}

/// The keys that this process has seen.
pub struct KeyCache {
    slots: DashMap<IdChars, Arc<Slot>, FxBuildHasher>,
    /// Random for each process: a digest in memory is of no use elsewhere.
    digest_key: hmac::Key,
    bcrypt: Semaphore,
}

impl KeyCache {
    /// An empty cache.
    pub fn new() -> anyhow::Result<Self> {
        let digest_key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new())
            .map_err(|_| anyhow::anyhow!("the random source failed"))?;
        Ok(Self {
            slots: DashMap::default(),
            digest_key,
            bcrypt: Semaphore::new(BCRYPT_AT_ONCE),
        })
    }

    /// The record of a key that was proved before, if nothing has changed since.
    /// Never waits: this is the path of nearly every request.
    pub fn warm(&self, key: &KeyParts<'_>) -> Option<Arc<KeyRecord>> {
        let slot = self.slots.get(&key.id_chars())?;
        let proof = slot.proof.get()?;
        if !bool::from(proof.ct_eq(&self.digest(key))) {
            return None;
        }
        slot.record.load_full()
    }

    /// Finds and proves a key whose check characters are ours. `load` reads its
    /// record from the database.
    pub async fn prove<F>(
        &self,
        key: &KeyParts<'_>,
        secrets: &Arc<SecretKeys>,
        load: impl Fn() -> F,
    ) -> Result<Lookup, ApiError>
    where
        F: Future<Output = Result<Option<KeyRecord>, ApiError>>,
    {
        let id = key.id_chars();
        let slot = self.slots.entry(id).or_default().clone();
        let Some(record) = slot.record(&load).await? else {
            // Nothing is remembered about ids that do not exist.
            self.slots
                .remove_if(&id, |_, current| Arc::ptr_eq(current, &slot));
            return Ok(Lookup::Unknown);
        };
        let digest = self.digest(key);
        let _proving = slot.proving.lock().await;
        let proved = match slot.proof.get() {
            Some(proof) => proof.ct_eq(&digest).into(),
            None => self.bcrypt_verifies(key, &record, secrets).await?,
        };
        if proved {
            slot.proof.get_or_init(|| digest);
        }
        // The key may have been revoked while bcrypt ran: only a fresh record counts.
        let Some(record) = slot.record(&load).await? else {
            return Ok(Lookup::Unknown);
        };
        Ok(if proved {
            Lookup::Proved(record)
        } else {
            Lookup::Mismatch(record)
        })
    }

    /// Drops what is known about a key's rights. Call it after the change is
    /// committed and before it is answered.
    pub fn forget(&self, id: &KeyId) {
        let Some(chars) = crate::keys::format::id_chars(id) else {
            return;
        };
        if let Some(slot) = self.slots.get(&chars) {
            let mut generation = slot.generation.lock();
            *generation += 1;
            slot.record.store(None);
        }
    }

    /// Drops what is known about every key's rights: when it cannot be said
    /// which of them have changed.
    pub fn forget_all(&self) {
        for slot in &self.slots {
            let mut generation = slot.generation.lock();
            *generation += 1;
            slot.record.store(None);
        }
    }

    fn digest(&self, key: &KeyParts<'_>) -> [u8; 32] {
        let mut digest = [0; 32];
        digest.copy_from_slice(hmac::sign(&self.digest_key, key.bytes()).as_ref());
        digest
    }

    async fn bcrypt_verifies(
        &self,
        key: &KeyParts<'_>,
        record: &Arc<KeyRecord>,
        secrets: &Arc<SecretKeys>,
    ) -> Result<bool, ApiError> {
        let _permit = self.bcrypt.acquire().await.map_err(ApiError::internal)?;
        let (record, secrets) = (record.clone(), secrets.clone());
        let text = String::from_utf8_lossy(key.bytes()).into_owned();
        tokio::task::spawn_blocking(move || {
            KeyParts::parse(&text)
                .is_some_and(|key| secrets.verify(&key, &record.secret_hash, record.secret_version))
        })
        .await
        .map_err(ApiError::internal)
    }
}

impl Slot {
    /// The record, from memory or freshly loaded.
    async fn record<F>(&self, load: &impl Fn() -> F) -> Result<Option<Arc<KeyRecord>>, ApiError>
    where
        F: Future<Output = Result<Option<KeyRecord>, ApiError>>,
    {
        loop {
            if let Some(record) = self.record.load_full() {
                return Ok(Some(record));
            }
            let began = *self.generation.lock();
            let Some(loaded) = load().await?.map(Arc::new) else {
                return Ok(None);
            };
            let generation = self.generation.lock();
            if *generation == began {
                self.record.store(Some(loaded.clone()));
                return Ok(Some(loaded));
            }
        }
    }
}
