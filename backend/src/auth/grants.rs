//! Limits on key grants: callers cannot get more out of a key than they could grant. Creating,
//! widening, enabling, rotating, revealing, approving or trying out a key requires the right to
//! grant everything the key holds. An approval is not copied by a caller who could not give it.
//! Narrowing, disabling and revoking are open to everyone who manages keys.

use crate::{
    auth::authorized::{Actor, Authorized},
    error::ApiError,
    keys::cache::KeyRecord,
    models::api_key::VisibleKeys,
};
use shared::{
    error::{ErrorCode, FieldError},
    key::{Environment, KeyGrant},
    scope::ScopeSet,
};

impl<R> Authorized<R> {
    /// Returns the environment that the caller is confined to: a key's own; `None` for users.
    pub fn environment(&self) -> Option<Environment> {
        match &self.actor {
            Actor::User(_) => None,
            Actor::Key(key) => Some(key.environment),
        }
    }

    /// The environment that a request is about: the one it asks for, else the caller's
    /// own, else live. Refuses a key that asks for the other one.
    pub fn requested_environment(
        &self,
        requested: Option<Environment>,
    ) -> Result<Environment, ApiError> {
        match (self.environment(), requested) {
            (Some(own), Some(requested)) if own != requested => {
                let message = "A key sees its own environment only. Leave this out.";
                let error = FieldError::new("environment", ErrorCode::BeyondYourRights, message);
                Err(ApiError::fields(vec![error]))
            }
            (own, requested) => Ok(requested.or(own).unwrap_or(Environment::Live)),
        }
    }

    pub fn visible_keys(&self) -> VisibleKeys {
        VisibleKeys {
            tenant: self.tenant_id.clone(),
            environment: self.environment(),
        }
    }

    /// Returns an error if a key with this grant exceeds what the caller could grant.
    pub fn ensure_can_grant(&self, grant: &KeyGrant) -> Result<(), ApiError> {
        match &self.actor {
            Actor::User(user) => {
                let role = user.user.role()?;
                let beyond = |scope: &_| !role.can_grant(*scope);
                let not_grantable: ScopeSet = grant.scopes.iter().filter(beyond).collect();
                refuse_scopes(not_grantable.union(self.not_approvable(grant)?))
            }
            Actor::Key(parent) => must_stay_within(parent, grant),
        }
    }

    /// Computes the grant of the caller's copy of a key: a successor or a playground token. Scopes
    /// that the caller could not approve become pending in the copy. Returns an error if the rest
    /// exceeds what the caller could grant.
    pub fn grant_of_copy(&self, original: KeyGrant) -> Result<KeyGrant, ApiError> {
        let pending = original.pending.union(self.not_approvable(&original)?);
        let copy = KeyGrant {
            pending,
            ..original
        };
        self.ensure_can_grant(&copy)?;
        Ok(copy)
    }

    /// Returns the approved scopes that the caller could not have approved. A key cannot approve
    /// scopes, but can pass on an approval that it has.
    fn not_approvable(&self, grant: &KeyGrant) -> Result<ScopeSet, ApiError> {
        let approvable = match &self.actor {
            Actor::User(user) if user.user.role()?.can_approve() => grant.approved(),
            Actor::User(_) => ScopeSet::EMPTY,
            Actor::Key(key) => key.effective,
        };
        Ok(grant.approved().minus(approvable))
    }
}

fn refuse_scopes(beyond: ScopeSet) -> Result<(), ApiError> {
    if beyond.is_empty() {
        return Ok(());
    }
    Err(ApiError::new(ErrorCode::BeyondYourRights).required_scope(beyond))
}

/// A key can grant at most its scopes, environment, expiry and IP addresses.
fn must_stay_within(parent: &KeyRecord, grant: &KeyGrant) -> Result<(), ApiError> {
    let excess = grant.exceeds(&parent.grant());
    refuse_scopes(excess.scopes)?;
    let checks = [
        (
            excess.environment,
            "environment",
            "Use the environment of the key that you call with.",
        ),
        (
            excess.expires_at,
            "expires_at",
            "The key that you call with expires earlier.",
        ),
        (
            excess.ip_ranges,
            "ip_allowlist",
            "The key that you call with is restricted to fewer addresses.",
        ),
    ];
    let errors: Vec<_> = checks
        .into_iter()
        .filter(|(beyond, ..)| *beyond)
        .map(|(_, field, message)| FieldError::new(field, ErrorCode::BeyondYourRights, message))
        .collect();
    if errors.is_empty() {
        return Ok(());
    }
    Err(ApiError::fields(errors))
}
