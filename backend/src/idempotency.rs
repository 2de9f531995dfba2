//! Tracks the requests with an `Idempotency-Key` that are currently processed.

use crate::{error::ApiError, models::idempotency::Repeatable};
use dashmap::DashSet;
use shared::{error::ErrorCode, ids::TenantId, key::Environment};

/// The owner of a key, and the key's digest.
type Name = (TenantId, Environment, String);

/// The idempotency keys currently in use.
#[derive(Default)]
pub struct InFlight(DashSet<Name>);

/// Reserves a key until it is dropped.
pub struct Held<'a> {
    all: &'a InFlight,
    name: Name,
}

impl InFlight {
    /// Reserves a request's key, or returns an error if another request with it is in progress.
    pub fn hold(&self, request: &Repeatable) -> Result<Held<'_>, ApiError> {
        let tenant = request.tenant_id.clone();
        let name = (tenant, request.environment, request.key_digest().to_owned());
        if self.0.insert(name.clone()) {
            Ok(Held { all: self, name })
        } else {
            Err(ErrorCode::IdempotencyInFlight.into())
        }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.all.0.remove(&self.name);
    }
}
