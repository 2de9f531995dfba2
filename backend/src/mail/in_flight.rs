//! The requests with an `Idempotency-Key` that are being worked on right now.

use crate::{error::ApiError, models::idempotency::Repeatable};
use dashmap::DashSet;
use shared::{error::ErrorCode, ids::TenantId, key::Environment};

/// Whose key, and its digest.
type Name = (TenantId, Environment, String);

/// The keys in use.
#[derive(Default)]
pub struct InFlight(DashSet<Name>);

/// Holds a key until it is dropped.
pub struct Held<'a> {
    all: &'a InFlight,
    name: Name,
}

impl InFlight {
    /// Takes a request's key, or says that another with it is not answered yet.
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
