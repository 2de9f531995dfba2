//! Authorization for the management API. A handler declares its operation in its signature, as
//! `Authorized<CreateApiKey>`; the rule is in the route table.

use crate::{
    db::DbConnection,
    error::ApiError,
    gateway::{
        caller,
        context::{GatewayContext, client_of},
    },
    keys::cache::KeyRecord,
    models::{
        api_key::{ApiKey, Creator},
        audit::AuditEvent,
        session::{SUDO_FRESH, SUDO_LASTS, SignedIn},
    },
    state::AppState,
    usage::recorder::Source,
};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use chrono::{DateTime, NaiveDateTime, Utc};
use shared::{
    audit::{self, Action, ActorKind},
    error::ErrorCode,
    ids::TenantId,
    key::KeyStatus,
    operation::{Access, Row, Sudo},
    role::Role,
};
use std::{
    future::{Ready, ready},
    marker::PhantomData,
    net::IpAddr,
    sync::Arc,
};

/// The authenticated caller.
pub enum Actor {
    /// A user of the dashboard.
    User(Box<SignedIn>),
    /// A program with an API key.
    Key(Arc<KeyRecord>),
}

/// A caller authorized for operation `R`.
pub struct Authorized<R> {
    pub actor: Actor,
    pub tenant_id: TenantId,
    /// IP address that the request came from.
    pub address: IpAddr,
    row: PhantomData<R>,
}

impl<R> Authorized<R> {
    /// Returns an error unless the password was entered within the last 15 minutes, for cases in
    /// which only the handler knows that this is required. Always `Ok` for a key.
    pub fn must_have_sudo(&self, now: NaiveDateTime) -> Result<(), ApiError> {
        match &self.actor {
            Actor::User(user) if !in_sudo(user, Sudo::Needed, now) => {
                Err(ErrorCode::SudoRequired.into())
            }
            Actor::User(_) | Actor::Key(_) => Ok(()),
        }
    }

    /// Returns the caller's user and session, for operations that keys cannot call.
    pub fn signed_in(&self) -> Result<&SignedIn, ApiError> {
        match &self.actor {
            Actor::User(signed_in) => Ok(signed_in),
            Actor::Key(_) => Err(ErrorCode::NotSignedIn.into()),
        }
    }

    /// Reloads the calling key inside the transaction of the operation: it may have been narrowed
    /// or revoked since the request was admitted. No-op for users.
    pub fn reload(&mut self, conn: &mut DbConnection, now: DateTime<Utc>) -> Result<(), ApiError> {
        let Actor::Key(key) = &self.actor else {
            return Ok(());
        };
        ApiKey::lock_creations(conn, &self.tenant_id)?;
        let limits = key.limits.clone();
        let current = ApiKey::record(conn, &key.id, |_| Ok(limits))?;
        let works = |key: &KeyRecord| {
            matches!(
                key.dates.status(now),
                KeyStatus::Active | KeyStatus::Rotating
            )
        };
        let current = current.filter(works).ok_or(ErrorCode::InvalidToken)?;
        self.actor = Actor::Key(Arc::new(current));
        Ok(())
    }

    /// Builds the audit event of an action by the caller.
    pub fn audit_event<'a>(
        &'a self,
        action: Action,
        subject_id: &'a str,
        at: NaiveDateTime,
    ) -> AuditEvent<'a> {
        AuditEvent {
            tenant: &self.tenant_id,
            actor: self.audited(),
            action,
            subject_id,
            at,
        }
    }

    /// Returns the caller as the creator of a key.
    pub fn creator(&self) -> Creator {
        match &self.actor {
            Actor::User(signed_in) => Creator {
                kind: "user",
                id: signed_in.user.id.clone(),
                email: signed_in.user.email.clone(),
            },
            Actor::Key(parent) => Creator {
                kind: "key",
                id: parent.id.to_string(),
                email: parent.creator_email.clone(),
            },
        }
    }

    /// Returns the caller as the actor of an audit event.
    pub fn audited(&self) -> audit::Actor {
        let (kind, id, email) = match &self.actor {
            Actor::User(user) => (ActorKind::User, &*user.user.id, &*user.user.email),
            Actor::Key(key) => (ActorKind::Key, key.id.as_str(), &*key.creator_email),
        };
        audit::Actor {
            kind,
            id: id.to_owned(),
            email: email.to_owned(),
            address: self.address.to_string(),
        }
    }
}

impl<R: Row> FromRequest for Authorized<R> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(authorize::<R>(request))
    }
}

fn authorize<R: Row>(request: &HttpRequest) -> Result<Authorized<R>, ApiError> {
    let state = AppState::of(request)?;
    let source = request
        .extensions()
        .get::<GatewayContext>()
        .map(|by| by.source);
    let (role, scopes) = match R::OPERATION.access {
        Access::SignedIn => (Role::Member, None),
        Access::Dashboard { role } => (role, None),
        Access::DashboardOrKey { role, scopes } => (role, Some(scopes)),
        Access::Public | Access::Key { .. } => {
            return Err(ApiError::internal("this operation has no signed-in caller"));
        }
    };
    let authorized = |actor, tenant_id| Authorized {
        actor,
        tenant_id,
        address: client_of(state, request),
        row: PhantomData,
    };
    if let Some(source) = source {
        if source == Source::Playground {
            return Err(ApiError::new(ErrorCode::InvalidToken)
                .detail("A playground token works for the public API under /v1 only."));
        }
        let Some(scopes) = scopes else {
            return Err(ApiError::new(ErrorCode::NotSignedIn)
                .detail("This can be done in the dashboard only, not with an API key."));
        };
        let (key, _) = caller::authorize::<R>(request, scopes)?;
        let tenant_id = key.tenant_id.clone();
        return Ok(authorized(Actor::Key(key), tenant_id));
    }
    let signed_in = request.extensions().get::<SignedIn>().cloned();
    let signed_in = signed_in.ok_or(ErrorCode::NotSignedIn)?;
    if R::OPERATION.method != "GET"
        && let Err(secs) = state.dashboard_calls.take(&signed_in.user.id, 1)
    {
        return Err(ApiError::new(ErrorCode::RateLimitExceeded)
            .message("You have changed too many things in a short time.")
            .detail("Wait for the time in Retry-After and try again.")
            .limit("dashboard")
            .retry_after(secs));
    }
    if signed_in.user.role()? < role {
        return Err(ErrorCode::InsufficientRole.into());
    }
    if !in_sudo(&signed_in, R::OPERATION.sudo, state.clock.now_naive()) {
        return Err(ErrorCode::SudoRequired.into());
    }
    let tenant_id = signed_in.tenant.id();
    Ok(authorized(Actor::User(Box::new(signed_in)), tenant_id))
}

/// Returns `true` if the password was entered recently enough for `sudo`.
fn in_sudo(signed_in: &SignedIn, sudo: Sudo, now: NaiveDateTime) -> bool {
    let needed = match sudo {
        Sudo::NotNeeded | Sudo::Sometimes => return true,
        Sudo::Needed => now,
        Sudo::Fresh => now + (SUDO_LASTS - SUDO_FRESH),
    };
    signed_in
        .session
        .sudo_until
        .is_some_and(|until| needed < until)
}
