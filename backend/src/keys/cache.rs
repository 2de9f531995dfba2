//! In-memory cache of API keys: a digest of the verified key, and the key's record in the database.
//! The digest never changes. The record is invalidated before a change is acknowledged.

use crate::{
    clock::Moment,
    error::ApiError,
    keys::format::{IdChars, KeyParts, id_chars},
    keys::secret::SecretKeys,
    keys::sunset::Sunset,
    rate_limit::TenantLimits,
};
use arc_swap::ArcSwapOption;
use dashmap::DashMap;
use ipnet::IpNet;
use parking_lot::Mutex;
use ring::{hmac, rand::SystemRandom};
use rustc_hash::FxBuildHasher;
use shared::{
    ids::{KeyId, TenantId},
    key::{Environment, KeyDates, KeyGrant, KeyStatus},
    scope::ScopeSet,
};
use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::Semaphore;

/// Maximum number of concurrent bcrypt runs.
const BCRYPT_MAX_CONCURRENCY: usize = 2;

/// Maximum age of the last poll of the change log, in milliseconds. Cached records are used only
/// while changes by other processes would be noticed.
const MAX_CHANGE_LOG_AGE_MS: u64 = 5000;

/// The cached permissions and restrictions of a key.
#[derive(Clone)]
pub struct KeyRecord {
    pub id: KeyId,
    pub tenant_id: TenantId,
    /// The tenant's limits, shared by all its keys.
    pub limits: Arc<TenantLimits>,
    /// Identifies all keys that replaced each other by rotation.
    pub lineage_id: String,
    pub environment: Environment,
    /// Granted scopes, including those pending approval.
    pub scopes: ScopeSet,
    /// Scopes in effect, including all implied ones.
    pub effective: ScopeSet,
    /// Allowed IP ranges; empty for any address.
    pub ip_allowlist: Vec<IpNet>,
    /// The dates that determine the status.
    pub dates: KeyDates,
    /// bcrypt of the peppered key.
    pub secret_hash: String,
    /// Version of the secret key that the pepper was derived from.
    pub secret_version: i32,
    /// Email address of the user the key originates from; inherited by keys that it creates.
    pub creator_email: String,
    /// The known end of the key, for the response headers.
    pub sunset: Option<Sunset>,
    /// Constant part of the `whoami` response as JSON, built on first use.
    pub whoami_prefix: OnceLock<Vec<u8>>,
}

impl KeyRecord {
    /// Returns `true` if the key can be used at this time.
    pub fn works(&self, at: Moment) -> bool {
        // Most keys have no dates; this avoids calendar arithmetic.
        self.dates == KeyDates::default()
            || matches!(
                self.dates.status(at.utc()),
                KeyStatus::Active | KeyStatus::Rotating
            )
    }

    /// Returns the grant that keys created by this key must not exceed.
    pub fn grant(&self) -> KeyGrant {
        let ends = [self.dates.expires_at, self.dates.grace_until];
        KeyGrant {
            scopes: self.scopes,
            pending: self.scopes.minus(self.effective),
            environment: self.environment,
            expires_at: ends.into_iter().flatten().min(),
            ip_ranges: self.ip_allowlist.clone(),
        }
    }

    /// Returns the key with its effective scopes limited to `scopes`, for a playground token.
    #[must_use]
    pub fn limited_to(&self, scopes: ScopeSet) -> Self {
        Self {
            effective: self.effective.intersection(scopes),
            whoami_prefix: OnceLock::new(),
            ..self.clone()
        }
    }
}

/// The cache entry of a key id.
#[derive(Default)]
struct Slot {
    record: ArcSwapOption<KeyRecord>,
    /// Counts the invalidations of the record: a load that began before one must not be stored
    /// after it.
    generation: Mutex<u64>,
    /// Digest of the text that bcrypt has verified for this key. It proves only that this text is
    /// this key; whether the key may be used is in the record.
    verified_digest: OnceLock<hmac::Tag>,
    /// Held while bcrypt runs, so that concurrent requests run it once per key.
    verifying: tokio::sync::Mutex<()>,
}

/// Result of looking up a presented key.
pub enum Lookup {
    /// The presented text is this key.
    Verified(Arc<KeyRecord>),
    /// The key exists, but the secret part does not match.
    WrongSecret(Arc<KeyRecord>),
    /// The key does not exist.
    Unknown,
}

/// Cache of the keys that this process has seen.
pub struct KeyCache {
    slots: DashMap<IdChars, Arc<Slot>, FxBuildHasher>,
    /// Random for each process: a leaked digest is useless elsewhere.
    digest_key: hmac::Key,
    bcrypt: Semaphore,
    /// Time of the last poll of the change log, in milliseconds on the monotonic clock.
    change_log_read_ms: AtomicU64,
}

impl KeyCache {
    pub fn new() -> anyhow::Result<Self> {
        let digest_key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new())
            .map_err(|_| anyhow::anyhow!("the random source failed"))?;
        Ok(Self {
            slots: DashMap::default(),
            digest_key,
            bcrypt: Semaphore::new(BCRYPT_MAX_CONCURRENCY),
            change_log_read_ms: AtomicU64::new(0),
        })
    }

    /// Confirms that all changes committed before `at`, on the monotonic clock, have been applied
    /// to this cache.
    pub fn confirm(&self, at: Duration) {
        self.change_log_read_ms.store(millis(at), Ordering::Relaxed);
    }

    /// Returns `true` if records may be used without reading the database at `now`, on the
    /// monotonic clock: the change log was read within the last five seconds.
    pub fn is_current(&self, now: Duration) -> bool {
        let read = self.change_log_read_ms.load(Ordering::Relaxed);
        millis(now).saturating_sub(read) <= MAX_CHANGE_LOG_AGE_MS
    }

    /// Returns the record of a key that was verified before, unless it has been invalidated. Never
    /// waits: nearly all requests take this path.
    pub fn get_verified(&self, key: &KeyParts<'_>) -> Option<Arc<KeyRecord>> {
        let slot = self.slots.get(&key.id_chars())?;
        let digest = slot.verified_digest.get()?;
        if !self.matches_digest(digest, key) {
            return None;
        }
        slot.record.load_full()
    }

    /// Marks a newly minted key as verified, so that its first request does not wait for bcrypt.
    pub fn insert_verified(&self, key: &KeyParts<'_>) {
        let slot = self.slots.entry(key.id_chars()).or_default().clone();
        slot.verified_digest.get_or_init(|| self.digest(key));
    }

    /// Looks up and verifies a key with valid check characters. `load` reads its record from the
    /// database.
    pub async fn verify<F>(
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
            // Unknown ids are not cached.
            self.slots
                .remove_if(&id, |_, current| Arc::ptr_eq(current, &slot));
            return Ok(Lookup::Unknown);
        };
        let verified = self.verify_secret(&slot, key, &record, secrets).await?;
        // The key may have been revoked while bcrypt ran, so the record is read again.
        let Some(record) = slot.record(&load).await? else {
            return Ok(Lookup::Unknown);
        };
        Ok(if verified {
            Lookup::Verified(record)
        } else {
            Lookup::WrongSecret(record)
        })
    }

    /// Variant of [`Self::verify`] that neither uses nor stores records, for times at which changes
    /// by other processes may go unnoticed. Digests in the cache are still used.
    pub async fn verify_uncached<F>(
        &self,
        key: &KeyParts<'_>,
        secrets: &Arc<SecretKeys>,
        load: impl Fn() -> F,
    ) -> Result<Lookup, ApiError>
    where
        F: Future<Output = Result<Option<KeyRecord>, ApiError>>,
    {
        let Some(record) = load().await?.map(Arc::new) else {
            return Ok(Lookup::Unknown);
        };
        let slot = self.slots.entry(key.id_chars()).or_default().clone();
        if slot
            .verified_digest
            .get()
            .is_some_and(|digest| self.matches_digest(digest, key))
        {
            return Ok(Lookup::Verified(record));
        }
        let verified = self.verify_secret(&slot, key, &record, secrets).await?;
        // Read again, as in `verify`.
        Ok(match load().await?.map(Arc::new) {
            None => Lookup::Unknown,
            Some(record) if verified => Lookup::Verified(record),
            Some(record) => Lookup::WrongSecret(record),
        })
    }

    async fn verify_secret(
        &self,
        slot: &Slot,
        key: &KeyParts<'_>,
        record: &Arc<KeyRecord>,
        secrets: &Arc<SecretKeys>,
    ) -> Result<bool, ApiError> {
        let _verifying = slot.verifying.lock().await;
        let verified = match slot.verified_digest.get() {
            Some(digest) => self.matches_digest(digest, key),
            None => self.bcrypt_verifies(key, record, secrets).await?,
        };
        if verified {
            slot.verified_digest.get_or_init(|| self.digest(key));
        }
        Ok(verified)
    }

    /// Returns the record of a key that is identified by other means than its secret.
    pub async fn get_or_load<F>(
        &self,
        id: &KeyId,
        load: impl Fn() -> F,
    ) -> Result<Option<Arc<KeyRecord>>, ApiError>
    where
        F: Future<Output = Result<Option<KeyRecord>, ApiError>>,
    {
        let Some(id) = id_chars(id) else {
            return Ok(None);
        };
        let slot = self.slots.entry(id).or_default().clone();
        slot.record(&load).await
    }

    /// Invalidates the record of a key. Call it after the change is committed and before the
    /// response.
    pub fn invalidate(&self, id: &KeyId) {
        let Some(chars) = id_chars(id) else {
            return;
        };
        if let Some(slot) = self.slots.get(&chars) {
            let mut generation = slot.generation.lock();
            *generation += 1;
            slot.record.store(None);
        }
    }

    /// Invalidates all records, for when the changed keys are unknown.
    pub fn invalidate_all(&self) {
        for slot in &self.slots {
            let mut generation = slot.generation.lock();
            *generation += 1;
            slot.record.store(None);
        }
    }

    fn digest(&self, key: &KeyParts<'_>) -> hmac::Tag {
        hmac::sign(&self.digest_key, key.bytes())
    }

    /// Compares `digest` with the key's digest in constant time.
    fn matches_digest(&self, digest: &hmac::Tag, key: &KeyParts<'_>) -> bool {
        hmac::verify(&self.digest_key, key.bytes(), digest.as_ref()).is_ok()
    }

    async fn bcrypt_verifies(
        &self,
        key: &KeyParts<'_>,
        record: &Arc<KeyRecord>,
        secrets: &Arc<SecretKeys>,
    ) -> Result<bool, ApiError> {
        let _permit = self.bcrypt.acquire().await.map_err(ApiError::internal)?;
        let record = record.clone();
        let secrets = secrets.clone();
        let text = String::from_utf8_lossy(key.bytes()).into_owned();
        tokio::task::spawn_blocking(move || {
            KeyParts::parse(&text)
                .is_some_and(|key| secrets.verify(&key, &record.secret_hash, record.secret_version))
        })
        .await
        .map_err(ApiError::internal)
    }
}

fn millis(at: Duration) -> u64 {
    u64::try_from(at.as_millis()).unwrap_or(u64::MAX)
}

impl Slot {
    /// Returns the record from memory, or loads it.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{format::PlainKey, secret::SecretKeys};
    use shared::plan::Plan;
    use std::task::{Context, Waker};

    fn record(key: &KeyParts<'_>, secrets: &SecretKeys, dates: KeyDates) -> KeyRecord {
        let (secret_hash, secret_version) = secrets.hash(key, 4).unwrap();
        let plan = Plan::Starter;
        KeyRecord {
            id: key.id(),
            tenant_id: TenantId::new("ten_test"),
            limits: TenantLimits::new(plan, plan.limits()).into(),
            lineage_id: key.id().to_string(),
            environment: Environment::Live,
            scopes: ScopeSet::default(),
            effective: ScopeSet::default(),
            ip_allowlist: Vec::new(),
            dates,
            secret_hash,
            secret_version,
            creator_email: String::new(),
            sunset: None,
            whoami_prefix: OnceLock::new(),
        }
    }

    #[actix_web::test]
    async fn a_revoke_while_the_first_bcrypt_runs_is_honoured() {
        let secrets = Arc::new(SecretKeys::parse(&SecretKeys::generate().unwrap()).unwrap());
        let plain = PlainKey::mint(Environment::Live, &secrets).unwrap();
        let key = plain.parts().unwrap();
        let cache = KeyCache::new().unwrap();
        let stored = Mutex::new(KeyDates::default());
        let load = || {
            let loaded = record(&key, &secrets, *stored.lock());
            std::future::ready(Ok(Some(loaded)))
        };

        // As long as all permits are taken, bcrypt cannot finish.
        let busy = u32::try_from(BCRYPT_MAX_CONCURRENCY).unwrap();
        let permits = cache.bcrypt.acquire_many(busy).await.unwrap();
        let mut verifying = Box::pin(cache.verify(&key, &secrets, load));
        let mut context = Context::from_waker(Waker::noop());
        assert!(verifying.as_mut().poll(&mut context).is_pending());

        let revoked_at = chrono::DateTime::from_timestamp_millis(1_795_000_000_000);
        *stored.lock() = KeyDates {
            revoked_at,
            ..KeyDates::default()
        };
        cache.invalidate(&key.id());
        drop(permits);

        let Lookup::Verified(found) = verifying.await.unwrap() else {
            panic!("the text is this key");
        };
        assert_eq!(found.dates.revoked_at, revoked_at);
        let cached = cache.get_verified(&key).unwrap();
        assert_eq!(cached.dates.revoked_at, revoked_at);
    }
}
