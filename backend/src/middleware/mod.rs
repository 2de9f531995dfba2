//! Middleware. [`RequestMiddleware`] handles all requests: request id, `Host` check, error responses,
//! security headers, access log and usage. The others wrap one API each.

pub mod body;
mod count_response;
mod csrf;
mod host_check;
mod problem;
pub mod request_id;
pub mod require_api_key;
pub mod routed_path;
mod security_headers;
pub mod session;

pub use count_response::RecordingBody;

use crate::{
    error::ApiError,
    gateway::context::GatewayContext,
    state::AppState,
    usage::{
        request_log::{Draft, Failure, is_refusal},
        route::Route,
    },
};
use actix_web::{
    Error, HttpMessage,
    body::BoxBody,
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::{
        ConnectionType,
        header::{HeaderName, HeaderValue},
    },
    web,
};
use body::IncomingBody;
use count_response::PendingRecord;
use futures_util::future::Either;
use problem::problem_of;
use routed_path::{is_api, routed_path};
use shared::error::ErrorCode;
use std::{
    future::{Future, Ready, ready},
    mem,
    pin::Pin,
    sync::Arc,
    task::{self, Context, Poll},
    time::Duration,
};

static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The outermost middleware, for `App::wrap`. Not an async function: its state of a kilobyte would be
/// copied several times per request.
pub struct RequestMiddleware(pub web::Data<AppState>);

impl<S> Transform<S, ServiceRequest> for RequestMiddleware
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error>,
    S::Future: Unpin,
{
    type Response = ServiceResponse<RecordingBody>;
    type Error = Error;
    type Transform = RequestService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let state = self.0.clone().into_inner();
        ready(Ok(RequestService { state, service }))
    }
}

/// The service that [`RequestMiddleware`] wraps.
pub struct RequestService<S> {
    state: Arc<AppState>,
    service: S,
}

impl<S> Service<ServiceRequest> for RequestService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error>,
    S::Future: Unpin,
{
    type Response = ServiceResponse<RecordingBody>;
    type Error = Error;
    type Future = ResponseFuture<S::Future>;

    forward_ready!(service);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let state = self.state.clone();
        let context = RequestContext {
            started: state.clock.monotonic(),
            id: state.request_ids.next(),
            body: body::limit(&mut request, state.body_timeout),
            state,
        };
        let misdirected = host_check::is_required(request.request())
            && !host_check::is_valid(&self.state, request.request());
        let response = if misdirected {
            let error = ApiError::from(ErrorCode::MisdirectedRequest);
            Either::Right(ready(Ok(request.error_response(error))))
        } else {
            Either::Left(self.service.call(request))
        };
        ResponseFuture { context, response }
    }
}

/// The response that the wrapped service is computing.
pub struct ResponseFuture<F> {
    context: RequestContext,
    response: Either<F, Ready<Result<ServiceResponse, Error>>>,
}

impl<F> Future for ResponseFuture<F>
where
    F: Future<Output = Result<ServiceResponse, Error>> + Unpin,
{
    type Output = Result<ServiceResponse<RecordingBody>, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let response = task::ready!(Pin::new(&mut self.response).poll(cx))?;
        Poll::Ready(Ok(self.context.finish(response)))
    }
}

/// The data of a request that its response needs.
struct RequestContext {
    state: Arc<AppState>,
    started: Duration,
    id: String,
    /// Kept until the response is sent, see [`IncomingBody`].
    body: Option<IncomingBody>,
}

impl RequestContext {
    /// Completes the response of the handler.
    fn finish(&mut self, response: ServiceResponse) -> ServiceResponse<RecordingBody> {
        let state = &*self.state;
        let gateway = response
            .request()
            .extensions_mut()
            .remove::<GatewayContext>();
        let mut draft = gateway.as_ref().and_then(|gateway| {
            let status = response.status().as_u16();
            Draft::new(&gateway.key, status, gateway.at.monotonic, &self.id)
        });
        let reached_handler = gateway
            .as_ref()
            .is_some_and(|gateway| gateway.operation.is_some());
        let mut refusal = None;
        let problem = problem_of(state, &response, &self.id, |error| {
            refusal = Some(error.code()).filter(|code| is_refusal(*code));
            if let Some(draft) = &mut draft {
                draft.failure = Some(Failure::new(error, reached_handler));
            }
        });
        let mut response = match problem {
            Some(problem) => response.into_response(problem),
            None => response,
        };
        let route = gateway.as_ref().map(|gateway| match gateway.operation {
            Some(index) => Route::Operation(index),
            None => Route::of(response.request()),
        });
        if let (Some(Route::UnknownPath(verb)), Some(draft)) = (route, &mut draft) {
            draft.unknown = Some(verb.with_path(routed_path(response.request())));
        }
        if let Some(gateway) = &gateway
            && gateway.admitted
        {
            gateway.insert_headers(response.headers_mut());
        }
        let is_api = is_api(routed_path(response.request()));
        security_headers::append(state, response.headers_mut(), is_api);
        if state.live.is_closing() {
            // Connections that are kept alive would delay the shutdown.
            let head = response.response_mut().head_mut();
            head.set_connection_type(ConnectionType::Close);
        }
        let status = response.status().as_u16();
        state.metrics.count_response(status);
        if state.access_log {
            let latency = state.clock.monotonic().saturating_sub(self.started);
            log(&response, &self.id, latency);
        }
        if let Ok(id) = HeaderValue::try_from(mem::take(&mut self.id)) {
            response.headers_mut().append(X_REQUEST_ID.clone(), id);
        }
        let record = gateway.zip(route).map(|(gateway, route)| PendingRecord {
            state: self.state.clone(),
            gateway,
            route,
            status,
            refusal,
            started: self.started,
            draft,
        });
        let incoming = self.body.take();
        response.map_body(|_, body| RecordingBody::new(body, record, incoming))
    }
}

/// Logs the route template, not the path or query, which can contain personal data.
fn log(response: &ServiceResponse<BoxBody>, id: &str, latency: Duration) {
    let request = response.request();
    tracing::info!(
        request_id = id,
        method = %request.method(),
        route = request.match_pattern().as_deref().unwrap_or("(unmatched)"),
        status = response.status().as_u16(),
        latency_us = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX),
        "answered"
    );
}
