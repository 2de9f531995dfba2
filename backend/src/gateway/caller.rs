//! Authorization for the public API: the checks that depend on the route. A handler declares its
//! operation in its signature, as `ApiCaller<ListContacts>`.

use crate::{
    clock::Moment,
    error::ApiError,
    gateway::context::GatewayContext,
    keys::cache::KeyRecord,
    rate_limit::{LimitKind, Rate, RateLimited},
    usage::recorder::Source,
};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use shared::{
    error::ErrorCode,
    operation::{Access, Operation, Row, ScopeRequirement},
    scope::ScopeSet,
};
use std::{
    future::{Ready, ready},
    marker::PhantomData,
    sync::Arc,
};

/// A caller whose key has the scope for operation `R` and whose request is within the rate limits.
pub struct ApiCaller<R> {
    pub key: Arc<KeyRecord>,
    /// Time at which the key was checked.
    pub at: Moment,
    row: PhantomData<R>,
}

impl<R: Row> FromRequest for ApiCaller<R> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        const { assert!(matches!(R::OPERATION.access, Access::Key { .. })) };
        let Access::Key { scopes } = R::OPERATION.access else {
            return ready(Err(ApiError::internal("not an operation for keys")));
        };
        ready(authorize::<R>(request, scopes).map(|(key, at)| Self {
            key,
            at,
            row: PhantomData,
        }))
    }
}

/// Checks scope and rate limits of an authenticated key.
pub fn authorize<R: Row>(
    request: &HttpRequest,
    scopes: ScopeRequirement,
) -> Result<(Arc<KeyRecord>, Moment), ApiError> {
    let mut extensions = request.extensions_mut();
    let Some(attribution) = extensions.get_mut::<GatewayContext>() else {
        return Err(ApiError::internal("the route is not behind the guard"));
    };
    attribution.operation = Some(R::INDEX);
    let key = attribution.key.clone();
    let missing = scopes.missing(key.effective);
    if !missing.is_empty() {
        return Err(insufficient(&key, attribution.source, missing));
    }
    if let Some(only) = const { R::OPERATION.environment }
        && key.environment != only
    {
        return Err(ErrorCode::LiveKeyRequired.into());
    }
    let at = attribution.at;
    let (outcome, charge) = key.limits.charge(key.environment, R::INDEX, at);
    let outcome = outcome.map_err(|refused| refused.to_error(R::OPERATION));
    attribution.charge = Some(charge);
    outcome.map(|()| (key, at))
}

impl RateLimited {
    /// Builds the error response for a request to `operation`.
    pub fn to_error(self, operation: &Operation) -> ApiError {
        let Rate {
            per_minute, burst, ..
        } = self.rate;
        let secs = self.wait.0;
        let seconds = if secs == 1 { "second" } else { "seconds" };
        let (limit, reason, remedy) = match self.by {
            LimitKind::Plan => (
                "plan",
                format!(
                    "The plan's rate limit is exceeded: {per_minute} requests per minute, {burst} at once."
                ),
                ErrorCode::RateLimitExceeded.remedy(),
            ),
            LimitKind::Endpoint => (
                operation.limit.map_or("endpoint", |limit| limit.name),
                format!(
                    "The limit of {} is exceeded: {per_minute} requests per minute on every plan.",
                    operation.route()
                ),
                "Wait for `retry_after` seconds and spread the calls out. A larger plan does not raise this limit.",
            ),
        };
        ApiError::new(ErrorCode::RateLimitExceeded)
            .message(format!(
                "Rate limit exceeded. Try again in {secs} {seconds}."
            ))
            .detail(remedy)
            .reason(reason)
            .retry_after(secs)
            .limit(limit)
    }
}

fn insufficient(key: &KeyRecord, source: Source, missing: ScopeSet) -> ApiError {
    let error = ApiError::new(ErrorCode::InsufficientScope).required_scope(missing);
    let granted = missing.intersection(key.scopes.effective());
    if source == Source::Playground && !granted.is_empty() {
        return error.detail(format!(
            "This playground token cannot use {granted}: it can do only what its key could do \
             when the token was made, and what you could grant and approve yourself. Choose \
             the key again for a new token, or ask an Owner or Admin."
        ));
    }
    let pending = missing.intersection(key.scopes);
    if pending.is_empty() {
        return error;
    }
    error.detail(format!(
        "An Owner or Admin has to approve {pending} for this key first."
    ))
}
