//! Middleware that authenticates all requests with an API key.

use crate::{
    clock::Moment,
    error::ApiError,
    gateway::{
        address::client_address,
        admit::{Admitted, Refusal, admit, admit_at_once},
    },
    keys::cache::KeyRecord,
    rate_limit::{Charge, headers},
    state::AppState,
    usage::recorder::Source,
};
use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::BoxBody,
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::{Method, header::HeaderMap},
};
use futures_util::future::LocalBoxFuture;
use std::{
    future::{Ready, ready},
    net::{IpAddr, Ipv4Addr},
    rc::Rc,
    sync::Arc,
};

/// Attribution of a request to a key, stored in the request's extensions. Handlers read the key
/// from it, and the `request` middleware records usage with it.
pub struct Attribution {
    /// The key that the request is attributed to.
    pub key: Arc<KeyRecord>,
    pub source: Source,
    /// IP address of the client.
    pub client: IpAddr,
    /// Time at which the key was checked.
    pub at: Moment,
    /// Index in the route table, once a handler was reached.
    pub operation: Option<usize>,
    /// The rate limits after this request, once they were charged.
    pub charge: Option<Charge>,
    /// `true` if the key was accepted.
    pub admitted: bool,
}

impl Attribution {
    /// Adds the rate limit headers, and the deprecation headers of a key that is about to end.
    pub fn insert_headers(&self, headers: &mut HeaderMap) {
        if let Some(sunset) = &self.key.sunset {
            sunset.insert(headers, self.at.utc());
        }
        let peek = || {
            let limits = &self.key.limits;
            limits.peek(self.key.environment, self.at.monotonic)
        };
        match &self.charge {
            Some(charge) => headers::insert(headers, charge),
            None => headers::insert(headers, &peek()),
        }
    }
}

/// Middleware for `Scope::wrap` that admits requests with a valid key and attributes them. Nearly
/// all requests pass without an await.
pub struct Guard;

impl<S> Transform<S, ServiceRequest> for Guard
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error, Future = Answer>
        + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Transform = Guarded<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let service = Rc::new(service);
        ready(Ok(Guarded { service }))
    }
}

type Answer = LocalBoxFuture<'static, Result<ServiceResponse, Error>>;

/// The service that [`Guard`] wraps.
pub struct Guarded<S> {
    service: Rc<S>,
}

impl<S> Service<ServiceRequest> for Guarded<S>
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
        match check_at_once(&request) {
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
fn check_at_once(request: &ServiceRequest) -> Option<Result<(), ApiError>> {
    let state = match AppState::of(request.request()) {
        Ok(state) => state,
        Err(error) => return Some(Err(error)),
    };
    let client = client_of(state, request.request());
    let verdict = admit_at_once(state, request.request(), client)?;
    Some(note(state, request, client, verdict))
}

/// Authenticates the request and attributes it to its key.
pub async fn check(request: &ServiceRequest) -> Result<(), ApiError> {
    let state = AppState::of(request.request())?;
    let client = client_of(state, request.request());
    let verdict = admit(state, request.request(), client).await;
    note(state, request, client, verdict)
}

fn note(
    state: &AppState,
    request: &ServiceRequest,
    client: IpAddr,
    verdict: Result<Admitted, Refusal>,
) -> Result<(), ApiError> {
    let attribute = |key, source, at, admitted| {
        request.extensions_mut().insert(Attribution {
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
            attribute(key, source, at, true);
            Ok(())
        }
        Err(Refusal { error, key }) => {
            if let Some(key) = key {
                attribute(key, Source::Api, state.clock.moment(), false);
            }
            Err(error)
        }
    }
}

/// Builds the response to a rejected request.
pub fn refused(request: ServiceRequest, error: ApiError) -> ServiceResponse<BoxBody> {
    request.error_response(error)
}

/// Returns the client's IP address, taking trusted proxies into account.
pub fn client_of(state: &AppState, request: &HttpRequest) -> IpAddr {
    let peer = request
        .peer_addr()
        .map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.ip());
    client_address(peer, request.headers(), &state.trusted_proxies)
}
