//! The rate limits of all tenants.

use crate::{
    clock::Clock,
    error::ApiError,
    models::tenant::Tenant,
    rate_limit::{RateCount, TenantLimits},
};
use dashmap::DashMap;
use shared::{ids::TenantId, key::Environment};
use std::sync::Arc;

/// Rate limits by tenant. They outlive the cached records of keys.
pub struct Tenants {
    limits: DashMap<TenantId, Arc<TenantLimits>>,
    clock: Clock,
}

impl Tenants {
    /// Creates limits that refill according to `clock`.
    pub fn new(clock: Clock) -> Self {
        Self {
            limits: DashMap::new(),
            clock,
        }
    }

    /// Updates the limits from the tenant's row and returns them. Called each time the row is loaded,
    /// so usually a no-op.
    pub fn refresh(&self, tenant: &Tenant) -> Result<Arc<TenantLimits>, ApiError> {
        let plan = tenant.plan()?;
        let limits = tenant.limits()?;
        let entry = self.limits.entry(tenant.id());
        let known = entry.or_insert_with(|| Arc::new(TenantLimits::new(plan, limits)));
        known.set_plan(plan, limits, self.clock.monotonic());
        Ok(known.clone())
    }

    /// Takes the decisions of all limits since the last call.
    pub fn take_minutes(&self) -> Vec<RateCount> {
        let mut counts = Vec::new();
        for entry in &self.limits {
            for environment in Environment::ALL {
                let minutes = entry.value().take_minutes(environment).into_iter();
                counts.extend(minutes.map(|count| RateCount {
                    tenant_id: entry.key().clone(),
                    environment,
                    count,
                }));
            }
        }
        counts
    }

    /// Returns `true` if a key of the tenant was used in this process.
    pub fn knows(&self, id: &TenantId) -> bool {
        self.limits.contains_key(id)
    }
}
