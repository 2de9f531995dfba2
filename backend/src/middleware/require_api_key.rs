//! Middleware that authenticates all requests with an API key.

use crate::{
    error::ApiError,
    gateway::{
        admit::{Admitted, Refusal, admit, try_admit_cached},
        context::{GatewayContext, client_of},
    },
    state::AppState,
    usage::recorder::Source,
};
use actix_web::{
    Error, HttpMessage,
    body::BoxBody,
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::Method,
};
use futures_util::future::LocalBoxFuture;
use std::{
    future::{Ready, ready},
    net::IpAddr,
    rc::Rc,
};

/// Middleware for `Scope::wrap` that admits requests with a valid key and attributes them. Nearly
/// all requests pass without an await.
pub struct RequireApiKey;

impl<S> Transform<S, ServiceRequest> for RequireApiKey
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error, Future = Answer>
        + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Transform = RequireApiKeyService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let service = Rc::new(service);
        ready(Ok(RequireApiKeyService { service }))
    }
}

type Answer = LocalBoxFuture<'static, Result<ServiceResponse, Error>>;

/// The service that [`RequireApiKey`] wraps.
pub struct RequireApiKeyService<S> {
    service: Rc<S>,
}

impl<S> Service<ServiceRequest> for RequireApiKeyService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error, Future = Answer>
        + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Future = Answer;

    forward_ready!(service);

    fn call(&self, mut request: ServiceRequest) -> Answer {
        // HEAD is handled as GET (RFC 9110, section 9.3.2). The connection omits the body, because
        // it has seen the original method.
        if request.method() == Method::HEAD {
            request.head_mut().method = Method::GET;
        }
        match try_check_cached(&request) {
            Some(Ok(())) => self.service.call(request),
            Some(Err(error)) => Box::pin(ready(Ok(refused(request, error)))),
            None => {
                let service = self.service.clone();
                Box::pin(async move {
                    match check(&request).await {
                        Ok(()) => service.call(request).await,
                        Err(error) => Ok(refused(request, error)),
                    }
                })
            }
        }
    }
}

/// Synchronous variant of [`check`]. `None` if the check has to wait.
fn try_check_cached(request: &ServiceRequest) -> Option<Result<(), ApiError>> {
    let state = match AppState::of(request.request()) {
        Ok(state) => state,
        Err(error) => return Some(Err(error)),
    };
    let client = client_of(state, request.request());
    let verdict = try_admit_cached(state, request.request(), client)?;
    Some(attribute(state, request, client, verdict))
}

/// Authenticates the request and attributes it to its key.
pub async fn check(request: &ServiceRequest) -> Result<(), ApiError> {
    let state = AppState::of(request.request())?;
    let client = client_of(state, request.request());
    let verdict = admit(state, request.request(), client).await;
    attribute(state, request, client, verdict)
}

fn attribute(
    state: &AppState,
    request: &ServiceRequest,
    client: IpAddr,
    verdict: Result<Admitted, Refusal>,
) -> Result<(), ApiError> {
    let insert_context = |key, source, at, admitted| {
        request.extensions_mut().insert(GatewayContext {
            key,
            source,
            client,
            at,
            operation: None,
            charge: None,
            admitted,
        });
    };
    match verdict {
        Ok(Admitted { key, source, at }) => {
            insert_context(key, source, at, true);
            Ok(())
        }
        Err(Refusal { error, key }) => {
            if let Some(key) = key {
                insert_context(key, Source::Api, state.clock.moment(), false);
            }
            Err(error)
        }
    }
}

/// Builds the response to a rejected request.
pub fn refused(request: ServiceRequest, error: ApiError) -> ServiceResponse<BoxBody> {
    request.error_response(error)
}
