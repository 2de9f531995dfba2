//! The outermost middleware: what every request gets, whatever it asks for. A
//! request id, the Host check, the error body, security headers, the access log,
//! and, once the answer is out, its place in the usage counters.

pub mod body;
mod counted;
pub mod id;

pub use counted::Counted;

use crate::{
    config,
    error::ApiError,
    gateway::guard::{Attribution, refused},
    routes::links::error_page,
    state::AppState,
    usage::{
        request_log::{Draft, Failure, is_refusal},
        route::Route,
    },
};
use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse,
    body::BoxBody,
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::{
        ConnectionType,
        header::{self, HeaderMap, HeaderName, HeaderValue},
        uri::Authority,
    },
    web,
};
use body::IncomingBody;
use counted::Ticket;
use futures_util::future::Either;
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

/// The middleware, for `App::wrap`. Written out instead of as an async function,
/// whose state of a kilobyte would be copied several times for every request.
pub struct EveryRequest(pub web::Data<AppState>);

impl<S> Transform<S, ServiceRequest> for EveryRequest
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error>,
    S::Future: Unpin,
{
    type Response = ServiceResponse<Counted>;
    type Error = Error;
    type Transform = Outermost<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let state = self.0.clone().into_inner();
        ready(Ok(Outermost { state, service }))
    }
}

/// [`EveryRequest`] around the rest of an application.
pub struct Outermost<S> {
    state: Arc<AppState>,
    service: S,
}

impl<S> Service<ServiceRequest> for Outermost<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error>,
    S::Future: Unpin,
{
    type Response = ServiceResponse<Counted>;
    type Error = Error;
    type Future = Handling<S::Future>;

    forward_ready!(service);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let state = self.state.clone();
        let arrival = Arrival {
            started: state.clock.monotonic(),
            id: state.request_ids.next(),
            body: body::limit(&mut request, state.body_timeout),
            state,
        };
        let misdirected =
            checks_host(request.request()) && !host_is_ours(&self.state, request.request());
        let answer = if misdirected {
            let refusal = refused(request, ErrorCode::MisdirectedRequest.into());
            Either::Right(ready(Ok(refusal)))
        } else {
            Either::Left(self.service.call(request))
        };
        Handling { arrival, answer }
    }
}

/// A request that is being handled.
pub struct Handling<F> {
    arrival: Arrival,
    answer: Either<F, Ready<Result<ServiceResponse, Error>>>,
}

impl<F> Future for Handling<F>
where
    F: Future<Output = Result<ServiceResponse, Error>> + Unpin,
{
    type Output = Result<ServiceResponse<Counted>, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = task::ready!(Pin::new(&mut self.answer).poll(cx))?;
        Poll::Ready(Ok(self.arrival.finish(answer)))
    }
}

/// What is known of a request before anybody has looked at it.
struct Arrival {
    state: Arc<AppState>,
    started: Duration,
    id: String,
    /// Kept until the response is sent, see [`IncomingBody`].
    body: Option<IncomingBody>,
}

impl Arrival {
    /// Makes the handler's answer what the client gets.
    fn finish(&mut self, answer: ServiceResponse) -> ServiceResponse<Counted> {
        let state = &*self.state;
        let attribution = answer.request().extensions_mut().remove::<Attribution>();
        let mut draft = attribution.as_ref().and_then(|by| {
            let status = answer.status().as_u16();
            Draft::new(&by.key, status, by.at.monotonic, &self.id)
        });
        let reached = attribution
            .as_ref()
            .is_some_and(|by| by.operation.is_some());
        let mut refusal = None;
        let problem = problem_of(state, &answer, &self.id, |error| {
            refusal = Some(error.code()).filter(|code| is_refusal(*code));
            if let Some(draft) = &mut draft {
                draft.failure = Some(Failure::new(error, reached));
            }
        });
        let mut response = match problem {
            Some(problem) => answer.into_response(problem),
            None => answer,
        };
        let route = attribution.as_ref().map(|by| match by.operation {
            Some(index) => Route::Operation(index),
            None => Route::of(response.request()),
        });
        if let (Some(Route::UnknownPath(verb)), Some(draft)) = (route, &mut draft) {
            draft.unknown = Some(verb.with_path(routed_path(response.request())));
        }
        if let Some(attribution) = &attribution
            && attribution.admitted
        {
            attribution.insert_headers(response.headers_mut());
        }
        let is_api = is_api(routed_path(response.request()));
        append_security_headers(state, response.headers_mut(), is_api);
        if state.live.is_closing() {
            // Connections that are kept alive would hold up the stop.
            let head = response.response_mut().head_mut();
            head.set_connection_type(ConnectionType::Close);
        }
        let status = response.status().as_u16();
        state.metrics.count_answer(status);
        if state.access_log {
            let latency = state.clock.monotonic().saturating_sub(self.started);
            log(&response, &self.id, latency);
        }
        if let Ok(id) = HeaderValue::try_from(mem::take(&mut self.id)) {
            response.headers_mut().append(X_REQUEST_ID.clone(), id);
        }
        let ticket = attribution.zip(route).map(|(attribution, route)| Ticket {
            state: self.state.clone(),
            attribution,
            route,
            status,
            refusal,
            started: self.started,
            draft,
        });
        let incoming = self.body.take();
        response.map_body(|_, body| Counted::new(body, ticket, incoming))
    }
}

/// The path as the router matches it, with `%61` read as `a`. Whatever depends on the
/// path must ask here: the path as it was sent leads to the same handlers under other
/// spellings.
pub fn routed_path(request: &HttpRequest) -> &str {
    request.match_info().as_str()
}

/// Whether a [routed path](routed_path) belongs to one of the APIs.
pub fn is_api(path: &str) -> bool {
    is_within(path, "/v1") || is_within(path, "/api")
}

fn is_within(path: &str, scope: &str) -> bool {
    path.strip_prefix(scope)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The public API needs a key in a header, which no foreign page can add; probes
/// come by address. Everything else must not be reached by a rebound name.
fn checks_host(request: &HttpRequest) -> bool {
    let path = routed_path(request);
    !is_within(path, "/v1") && !matches!(path, "/healthz" | "/readyz" | "/metrics")
}

fn host_is_ours(state: &AppState, request: &HttpRequest) -> bool {
    // HTTP/2 and absolute-form requests have the authority in the URI.
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let Some(host) = host.or(request.uri().authority().map(Authority::as_str)) else {
        return false;
    };
    if host.eq_ignore_ascii_case(&state.public_url.authority) {
        return true;
    }
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    state.listens_on_loopback && config::is_loopback_name(name)
}

/// What an error is answered with, now that the request id is known. `note` is shown the error.
fn problem_of(
    state: &AppState,
    answer: &ServiceResponse<BoxBody>,
    id: &str,
    note: impl FnOnce(&ApiError),
) -> Option<HttpResponse> {
    let status = answer.status().as_u16();
    let from_framework;
    let error = match answer.response().error() {
        Some(error) if let Some(error) = error.as_error::<ApiError>() => error,
        Some(error) => {
            from_framework = translate(status, error);
            &from_framework
        }
        // The framework's own answer to an unknown method comes without an error.
        None if status == 405 => {
            from_framework = ErrorCode::MethodNotAllowed.into();
            &from_framework
        }
        None => return None,
    };
    if let Some(cause) = error.cause() {
        tracing::error!(request_id = id, code = %error.code(), cause, "a request failed");
    }
    note(error);
    let mut problem = error_page(answer.request(), error)
        .unwrap_or_else(|| error.to_response(id, &state.public_url.origin));
    for (name, value) in answer.headers() {
        let value = if name == header::ALLOW {
            allowed_methods(value, answer.request())
        } else if name == header::SET_COOKIE {
            value.clone()
        } else {
            continue;
        };
        problem.headers_mut().append(name.clone(), value);
    }
    Some(problem)
}

/// The methods of a path. Where there is GET, the gateway answers HEAD too.
fn allowed_methods(routed: &HeaderValue, request: &HttpRequest) -> HeaderValue {
    let methods = routed.to_str().unwrap_or_default();
    if !is_within(routed_path(request), "/v1") {
        return routed.clone();
    }
    let with_head = methods.replacen("GET", "GET, HEAD", 1);
    HeaderValue::try_from(with_head).unwrap_or(routed.clone())
}

/// Errors that actix itself raised.
fn translate(status: u16, error: &Error) -> ApiError {
    match status {
        404 => ErrorCode::NotFound.into(),
        408 => ErrorCode::RequestTimeout.into(),
        405 => ErrorCode::MethodNotAllowed.into(),
        413 => ErrorCode::BodyTooLarge.into(),
        400..500 => ApiError::new(ErrorCode::InvalidField).detail(error.to_string()),
        _ => ApiError::internal(error),
    }
}

/// For responses that are no page: nothing in them may load, run or be framed.
const NO_CONTENT_POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

fn append_security_headers(state: &AppState, headers: &mut HeaderMap, is_api: bool) {
    let append = |headers: &mut HeaderMap, name, value| {
        headers.append(name, HeaderValue::from_static(value));
    };
    // A handler that has set a header itself knows better.
    let append_if_absent = |headers: &mut HeaderMap, name: HeaderName, value| {
        if !headers.contains_key(&name) {
            append(headers, name, value);
        }
    };
    append(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if is_api {
        // No handler of the APIs sets these two, and to look for one takes as long as to add it.
        append(headers, header::CONTENT_SECURITY_POLICY, NO_CONTENT_POLICY);
        append(headers, header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin");
        append_if_absent(headers, header::CACHE_CONTROL, "no-store");
    } else {
        append_if_absent(headers, header::CONTENT_SECURITY_POLICY, NO_CONTENT_POLICY);
        append_if_absent(headers, header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin");
        append_if_absent(headers, header::X_FRAME_OPTIONS, "DENY");
        append_if_absent(headers, header::REFERRER_POLICY, "same-origin");
        append_if_absent(headers, header::CROSS_ORIGIN_OPENER_POLICY, "same-origin");
    }
    if let Some(hsts) = state.hsts {
        append_if_absent(headers, header::STRICT_TRANSPORT_SECURITY, hsts);
    }
}

/// The route template, never the path: paths can hold ids, queries anything.
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
