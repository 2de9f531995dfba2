//! Rights over keys: nobody reaches through a key what he could not grant.
//! Whoever creates, widens, rotates, reveals, approves or tries out a key must be
//! able to grant all that it holds.

use crate::{
    auth::authorized::{Actor, Authorized},
    error::ApiError,
    keys::cache::KeyRecord,
};
use shared::{
    error::{ErrorCode, FieldError},
    key::Reach,
    scope::ScopeSet,
};

impl<R> Authorized<R> {
    /// Refuses if a key that reaches this far is more than the caller could grant.
    pub fn must_reach(&self, reach: &Reach) -> Result<(), ApiError> {
        match &self.actor {
            Actor::User(user) => {
                let role = user.user.role()?;
                let beyond = |scope: &_| !role.can_grant(*scope);
                refuse_scopes(reach.scopes.iter().filter(beyond).collect())
            }
            Actor::Key(parent) => must_stay_within(parent, reach),
        }
    }
}

fn refuse_scopes(beyond: ScopeSet) -> Result<(), ApiError> {
    if beyond.is_empty() {
        return Ok(());
    }
    Err(ApiError::new(ErrorCode::BeyondYourRights).required_scope(beyond))
}

/// Through a key one gets at most its own scopes, environment, expiry and addresses.
fn must_stay_within(parent: &KeyRecord, reach: &Reach) -> Result<(), ApiError> {
    let excess = reach.exceeds(&parent.reach());
    refuse_scopes(excess.scopes)?;
    let faults = [
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
    let errors: Vec<_> = faults
        .into_iter()
        .filter(|(beyond, ..)| *beyond)
        .map(|(_, field, message)| FieldError::new(field, ErrorCode::BeyondYourRights, message))
        .collect();
    if errors.is_empty() {
        return Ok(());
    }
    Err(ApiError::fields(errors))
}
