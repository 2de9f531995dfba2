//! The outermost middleware: what every request gets, whatever it asks for. A
//! request id, the Host check, the error body, security headers, the access log,
//! and, once the answer is out, its place in the usage counters.

use crate::{
    config,
    error::ApiError,
    gateway::{
        guard::{Attribution, refused},
        headers,
    },
    keys::cache::KeyRecord,
    state::AppState,
    usage::recorder::Answered,
};
use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::{BodySize, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        ConnectionType,
        header::{self, HeaderMap, HeaderName, HeaderValue},
        uri::Authority,
    },
    middleware::Next,
    web::{self, Bytes},
};
use shared::error::ErrorCode;
use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Handles one request from its first byte to its last.
pub async fn request(
    state: web::Data<AppState>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<Counted>, Error> {
    let started = state.clock.monotonic();
    let id = state.request_ids.next();
    let misdirected = checks_host(request.path()) && !host_is_ours(&state, request.request());
    let response = if misdirected {
        refused(request, ErrorCode::MisdirectedRequest.into())
    } else {
        next.call(request).await?
    };
    let mut response = with_problem_body(&state, response, &id);
    let attribution = response.request().extensions_mut().remove::<Attribution>();
    if let Some(attribution) = &attribution
        && attribution.admitted
    {
        let charge = attribution.charge.unwrap_or_else(|| {
            let now = state.clock.monotonic();
            attribution
                .key
                .limits
                .peek(attribution.key.environment, now)
        });
        headers::insert(response.headers_mut(), &charge);
    }
    let is_api = is_api(response.request().path());
    insert_security_headers(&state, response.headers_mut(), &id, is_api);
    if state.live.is_closing() {
        // Connections that are kept alive would hold up the stop.
        let head = response.response_mut().head_mut();
        head.set_connection_type(ConnectionType::Close);
    }
    let status = response.status().as_u16();
    state.metrics.count_answer(status);
    if state.access_log {
        log(
            &response,
            &id,
            state.clock.monotonic().saturating_sub(started),
        );
    }
    Ok(response.map_body(|_, body| {
        let ticket = attribution.map(|Attribution { key, operation, .. }| Ticket {
            state: state.into_inner(),
            key,
            operation,
            status,
            started,
        });
        Counted::new(body, ticket)
    }))
}

fn is_api(path: &str) -> bool {
    path.starts_with("/v1/") || path.starts_with("/api/")
}

/// The public API needs a key in a header, which no foreign page can add; probes
/// come by address. Everything else must not be reached by a rebound name.
fn checks_host(path: &str) -> bool {
    !path.starts_with("/v1/") && !matches!(path, "/healthz" | "/readyz" | "/metrics")
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

/// Gives an error its body, now that the request id is known.
fn with_problem_body(
    state: &AppState,
    response: ServiceResponse<BoxBody>,
    id: &str,
) -> ServiceResponse<BoxBody> {
    let status = response.status().as_u16();
    let from_framework;
    let error = match response.response().error() {
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
        None => return response,
    };
    if let Some(cause) = error.cause() {
        tracing::error!(request_id = id, code = %error.code(), cause, "a request failed");
    }
    let rendered = error.to_response(id, &state.public_url.origin);
    let (request, original) = response.into_parts();
    let mut rendered = rendered;
    for (name, value) in original.headers() {
        if name == header::ALLOW || name == header::SET_COOKIE {
            rendered.headers_mut().append(name.clone(), value.clone());
        }
    }
    ServiceResponse::new(request, rendered)
}

/// Errors that actix itself raised.
fn translate(status: u16, error: &Error) -> ApiError {
    match status {
        404 => ErrorCode::NotFound.into(),
        405 => ErrorCode::MethodNotAllowed.into(),
        413 => ErrorCode::BodyTooLarge.into(),
        400..500 => ApiError::new(ErrorCode::InvalidField).detail(error.to_string()),
        _ => ApiError::internal(error),
    }
}

fn insert_security_headers(state: &AppState, headers: &mut HeaderMap, id: &str, is_api: bool) {
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(X_REQUEST_ID.clone(), id);
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if is_api && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if !is_api {
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        headers.insert(
            header::REFERRER_POLICY,
            HeaderValue::from_static("same-origin"),
        );
    }
    if state.public_url.secure {
        let a_year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, a_year);
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

/// What is needed to count an answer once it is out.
struct Ticket {
    state: Arc<AppState>,
    key: Arc<KeyRecord>,
    operation: Option<usize>,
    status: u16,
    started: Duration,
}

impl Ticket {
    fn count(self) {
        let latency = self.state.clock.monotonic().saturating_sub(self.started);
        self.state.recorder.record(&Answered {
            key: &self.key,
            operation: self.operation,
            status: self.status,
            at: self.state.clock.now(),
            latency_us: u64::try_from(latency.as_micros()).unwrap_or(u64::MAX),
        });
    }
}

/// A body that counts its request when the last byte was handed to the
/// connection, and not if the client had gone before.
pub struct Counted {
    body: BoxBody,
    ticket: Option<Ticket>,
}

impl Counted {
    fn new(body: BoxBody, ticket: Option<Ticket>) -> Self {
        let mut counted = Self { body, ticket };
        // Nobody asks an empty body for its bytes.
        if matches!(counted.body.size(), BodySize::None | BodySize::Sized(0)) {
            counted.finish();
        }
        counted
    }

    fn finish(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            ticket.count();
        }
    }
}

impl MessageBody for Counted {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let next = Pin::new(&mut self.body).poll_next(cx);
        if let Poll::Ready(None) = next {
            self.finish();
        }
        next
    }
}
