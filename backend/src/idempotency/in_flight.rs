//! The requests with an `Idempotency-Key` that this process is handling.

use crate::{error::ApiError, models::idempotency::IdempotentRequest};
use dashmap::DashSet;
use shared::{error::ErrorCode, ids::TenantId, key::Environment};

/// The owner of a key, and the key's digest.
type Name = (TenantId, Environment, String);

/// The idempotency keys in use.
#[derive(Default)]
pub struct InFlightKeys(DashSet<Name>);

/// Reserves a key until it is dropped.
pub struct InFlightGuard<'a> {
    keys: &'a InFlightKeys,
    name: Name,
}

impl InFlightKeys {
    /// Reserves a request's key, or returns an error if another request with it is in progress.
    pub fn reserve(&self, request: &IdempotentRequest) -> Result<InFlightGuard<'_>, ApiError> {
        let tenant = request.tenant_id.clone();
        let name = (tenant, request.environment, request.key_digest().to_owned());
        if self.0.insert(name.clone()) {
            Ok(InFlightGuard { keys: self, name })
        } else {
            Err(ErrorCode::IdempotencyInFlight.into())
        }
    }
}

impl Drop for InFlightGuard<'_> {
    fn drop(&mut self) {
        self.keys.0.remove(&self.name);
    }
}
