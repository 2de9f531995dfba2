//! A cache of usage reports: several people and tabs look at the same numbers. Bounded by size and
//! age.
//!
//! The age is measured by the server's clock, which tests advance. Cache crates read the clock of the
//! system instead, so none is used here.

use crate::error::ApiError;
use actix_web::web::Bytes;
use parking_lot::Mutex;
use shared::ids::TenantId;
use std::{collections::HashMap, hash::Hash, time::Duration};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Age up to which a response is reused.
pub const MAX_AGE: Duration = Duration::from_mins(1);
/// Total size of the cached responses, in bytes.
const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Reports that are computed at once. More would occupy all database connections, which requests
/// with new keys need too.
const MAX_CONCURRENCY: usize = 2;

/// Cached responses by tenant and query.
pub struct ResponseCache<Q> {
    responses: Mutex<HashMap<(TenantId, Q), CachedResponse>>,
    permits: Semaphore,
}

/// A response in the cache.
#[derive(Clone)]
pub struct CachedResponse {
    /// Response body in JSON.
    pub body: Bytes,
    /// Time at which it was computed, on the monotonic clock.
    pub computed_at: Duration,
}

impl<Q> Default for ResponseCache<Q> {
    fn default() -> Self {
        Self {
            responses: Mutex::default(),
            permits: Semaphore::new(MAX_CONCURRENCY),
        }
    }
}

impl<Q: Eq + Hash + Clone> ResponseCache<Q> {
    /// Returns the cached response, if there is one.
    pub fn get(&self, tenant: &TenantId, query: &Q, now: Duration) -> Option<CachedResponse> {
        let responses = self.responses.lock();
        let response = responses.get(&(tenant.clone(), query.clone()))?;
        is_fresh(response, now).then(|| response.clone())
    }

    /// Waits for permission to compute a response. Call [`Self::get`] again afterwards: another
    /// request may have computed it meanwhile.
    pub async fn permit(&self) -> Result<SemaphorePermit<'_>, ApiError> {
        self.permits.acquire().await.map_err(ApiError::internal)
    }

    /// Adds a response, and evicts the oldest ones if the cache is full.
    pub fn insert(&self, tenant: TenantId, query: Q, response: CachedResponse) {
        let mut responses = self.responses.lock();
        let now = response.computed_at;
        responses.retain(|_, response| is_fresh(response, now));
        responses.insert((tenant, query), response);
        let mut bytes: usize = responses.values().map(|it| it.body.len()).sum();
        while bytes > MAX_BYTES {
            let oldest = responses.iter().min_by_key(|(_, it)| it.computed_at);
            let Some(key) = oldest.map(|(key, _)| key.clone()) else {
                return;
            };
            bytes -= responses.remove(&key).map_or(0, |it| it.body.len());
        }
    }
}

fn is_fresh(response: &CachedResponse, now: Duration) -> bool {
    now.saturating_sub(response.computed_at) < MAX_AGE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(megabytes: usize, computed_at: u64) -> CachedResponse {
        CachedResponse {
            body: vec![b' '; megabytes * 1024 * 1024].into(),
            computed_at: Duration::from_secs(computed_at),
        }
    }

    #[test]
    fn responses_expire_after_a_minute_and_the_oldest_is_evicted() {
        let cache = ResponseCache::default();
        let tenant = TenantId::new("ten_a");
        let is_cached = |tenant: &str, query: u8, now| {
            let tenant = TenantId::new(tenant);
            cache
                .get(&tenant, &query, Duration::from_secs(now))
                .is_some()
        };
        cache.insert(tenant.clone(), 1, response(3, 100));
        cache.insert(tenant.clone(), 2, response(3, 110));
        assert!(is_cached("ten_a", 1, 159) && !is_cached("ten_a", 1, 160));
        assert!(!is_cached("ten_b", 1, 120), "another tenant's");
        cache.insert(tenant, 3, response(3, 120));
        assert_eq!(
            [1, 2, 3].map(|query| is_cached("ten_a", query, 120)),
            [false, true, true]
        );
    }
}
