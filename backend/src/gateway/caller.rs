//! Who may call a public operation: the part of the gateway that depends on the
//! route. A handler states it in its signature, as `ApiCaller<ListContacts>`.

use crate::{
    error::ApiError,
    gateway::{guard::Attribution, limits::Wait},
    keys::cache::KeyRecord,
    state::AppState,
};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web};
use shared::{
    error::ErrorCode,
    operation::{Access, Row},
    scope::ScopeSet,
};
use std::{
    future::{Ready, ready},
    marker::PhantomData,
    sync::Arc,
};

/// A caller whose key has the scope for operation `R`, and whose request the
/// limits have admitted.
pub struct ApiCaller<R> {
    /// The key.
    pub key: Arc<KeyRecord>,
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
        ready(authorize::<R>(request, scopes).map(|key| Self {
            key,
            row: PhantomData,
        }))
    }
}

/// Checks scope and limits for the key that the guard has admitted.
pub fn authorize<R: Row>(
    request: &HttpRequest,
    scopes: ScopeSet,
) -> Result<Arc<KeyRecord>, ApiError> {
    let Some(state) = request.app_data::<web::Data<AppState>>() else {
        return Err(ApiError::internal("the application has no state"));
    };
    let mut extensions = request.extensions_mut();
    let Some(attribution) = extensions.get_mut::<Attribution>() else {
        return Err(ApiError::internal("the route is not behind the guard"));
    };
    attribution.operation = Some(R::INDEX);
    let key = attribution.key.clone();
    if !scopes.is_empty() && !key.effective.intersects(scopes) {
        return Err(ApiError::new(ErrorCode::InsufficientScope).required_scope(scopes));
    }
    let now = state.clock.monotonic();
    let (outcome, charge) = key.limits.charge(key.environment, R::INDEX, now);
    attribution.charge = Some(charge);
    match outcome {
        Ok(()) => Ok(key),
        Err(Wait(secs)) => Err(ApiError::new(ErrorCode::RateLimitExceeded)
            .message(format!("Rate limit exceeded. Try again in {secs} seconds."))
            .retry_after(secs)),
    }
}
