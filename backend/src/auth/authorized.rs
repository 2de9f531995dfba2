//! Who may call an operation of the management API. A handler states it in its
//! signature, as `Authorized<CreateApiKey>`; the rule is in the route table.

use crate::{
    error::ApiError,
    gateway::{caller, guard::Attribution},
    keys::cache::KeyRecord,
    models::session::SignedIn,
    state::AppState,
};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web};
use shared::{
    error::ErrorCode,
    ids::TenantId,
    operation::{Access, Row, Sudo},
    role::Role,
    scope::ScopeSet,
};
use std::{
    future::{Ready, ready},
    marker::PhantomData,
    sync::Arc,
};

/// Who is calling.
pub enum Actor {
    /// A person in the dashboard.
    User(Box<SignedIn>),
    /// A program.
    Key(Arc<KeyRecord>),
}

/// A caller who may do operation `R`.
pub struct Authorized<R> {
    /// Who it is.
    pub actor: Actor,
    /// Whose data the call is about.
    pub tenant_id: TenantId,
    row: PhantomData<R>,
}

impl<R> Authorized<R> {
    /// Refuses if the caller could not grant one of `scopes`: nobody reaches
    /// through a key what he could not grant.
    pub fn must_grant(&self, scopes: ScopeSet) -> Result<(), ApiError> {
        let beyond: ScopeSet = match &self.actor {
            Actor::User(user) => {
                let role = user.user.role()?;
                scopes
                    .iter()
                    .filter(|scope| !role.can_grant(*scope))
                    .collect()
            }
            Actor::Key(key) => scopes.minus(key.scopes.effective()),
        };
        if beyond.is_empty() {
            return Ok(());
        }
        Err(ApiError::new(ErrorCode::BeyondYourRights).required_scope(beyond))
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
    let by_key = request.extensions().get::<Attribution>().is_some();
    let (role, scopes) = match R::OPERATION.access {
        Access::SignedIn => (Role::Member, None),
        Access::Dashboard { role } => (role, None),
        Access::DashboardOrKey { role, scopes } => (role, Some(scopes)),
        Access::Public | Access::Key { .. } => {
            return Err(ApiError::internal("this operation has no signed-in caller"));
        }
    };
    if by_key {
        let Some(scopes) = scopes else {
            return Err(ApiError::new(ErrorCode::NotSignedIn)
                .detail("This can be done in the dashboard only, not with an API key."));
        };
        let key = caller::authorize::<R>(request, scopes)?;
        let tenant_id = key.tenant_id.clone();
        return Ok(Authorized {
            actor: Actor::Key(key),
            tenant_id,
            row: PhantomData,
        });
    }
    let signed_in = request.extensions().get::<SignedIn>().cloned();
    let signed_in = signed_in.ok_or(ErrorCode::NotSignedIn)?;
    if signed_in.user.role()? < role {
        return Err(ErrorCode::InsufficientRole.into());
    }
    if R::OPERATION.sudo == Sudo::Needed && !in_sudo(request, &signed_in) {
        return Err(ErrorCode::SudoRequired.into());
    }
    let tenant_id = signed_in.tenant.id();
    Ok(Authorized {
        actor: Actor::User(Box::new(signed_in)),
        tenant_id,
        row: PhantomData,
    })
}

fn in_sudo(request: &HttpRequest, signed_in: &SignedIn) -> bool {
    let Some(state) = request.app_data::<web::Data<AppState>>() else {
        return false;
    };
    signed_in
        .session
        .sudo_until
        .is_some_and(|until| state.clock.now_naive() < until)
}
