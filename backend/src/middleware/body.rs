//! Limits on request bodies: a deadline for each, and a bound on the memory of all bodies together.

use crate::error::ApiError;
use actix_web::{
    HttpMessage,
    dev::{Payload, ServiceRequest},
    error::PayloadError,
    web::Bytes,
};
use dashmap::DashMap;
use futures_util::Stream;
use shared::{error::ErrorCode, ids::TenantId};
use std::{
    cell::RefCell,
    io,
    pin::Pin,
    rc::Rc,
    sync::atomic::{AtomicUsize, Ordering},
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::{Sleep, sleep};

/// Maximum size of a request body in bytes.
pub const BODY_MAX_BYTES: usize = 1024 * 1024;
/// Maximum size of an unauthenticated request's body in bytes: more than any sign-in needs.
pub const ANONYMOUS_BODY_MAX_BYTES: usize = 4 * 1024;
/// Timeout for receiving an unauthenticated request's body.
pub const ANONYMOUS_BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of each body that do not count for the limits below: the number of connections bounds
/// them, and most bodies are no larger.
const UNCOUNTED_BYTES: usize = 4 * 1024;
/// Memory limit for a tenant's bodies while they are received, in bytes.
const TENANT_BODIES_MAX_BYTES: usize = 8 * 1024 * 1024;
/// Memory limit for the bodies of all tenants while they are received, in bytes.
const ALL_BODIES_MAX_BYTES: usize = 32 * 1024 * 1024;

/// A request's body as the connection delivers it. As long as a clone exists, the connection is
/// closed after the response unless the body has been read to its end; otherwise the server would
/// wait for the rest of a chunked body without a deadline.
#[derive(Clone)]
pub struct IncomingBody(Rc<RefCell<Payload>>);

/// Sets a deadline for a request's body, counted from the first wait for it. Returns `None` if the
/// request has no body.
pub fn limit(request: &mut ServiceRequest, timeout: Duration) -> Option<IncomingBody> {
    match request.take_payload() {
        Payload::None => None,
        payload => {
            let body = IncomingBody(Rc::new(RefCell::new(payload)));
            let stream = BodyStream {
                body: body.clone(),
                timeout,
                deadline: None,
            };
            request.set_payload(Payload::Stream {
                payload: Box::pin(stream),
            });
            Some(body)
        }
    }
}

struct BodyStream {
    body: IncomingBody,
    timeout: Duration,
    /// Starts when the rest of the body is first waited for.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl Stream for BodyStream {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = Pin::new(&mut *self.body.0.borrow_mut()).poll_next(cx);
        if self.deadline.is_none() && next.is_ready() {
            return next;
        }
        let timeout = self.timeout;
        let deadline = self
            .deadline
            .get_or_insert_with(|| Box::pin(sleep(timeout)));
        // Checked even if data has arrived: a client may send one byte at a time.
        match deadline.as_mut().poll(cx) {
            Poll::Ready(()) if !matches!(next, Poll::Ready(None)) => {
                let timed_out = io::Error::from(io::ErrorKind::TimedOut);
                Poll::Ready(Some(Err(PayloadError::Io(timed_out))))
            }
            _ => next,
        }
    }
}

/// Converts a read error of a body to the response error.
pub fn body_error(error: &PayloadError) -> ApiError {
    match error {
        PayloadError::Io(error) if error.kind() == io::ErrorKind::TimedOut => {
            ErrorCode::RequestTimeout.into()
        }
        PayloadError::Overflow => ErrorCode::BodyTooLarge.into(),
        _ => ApiError::new(ErrorCode::InvalidJson).detail("The body ended too early."),
    }
}

/// Tracks the memory of the bodies that are being received.
#[derive(Default)]
pub struct BodyMemory {
    all: AtomicUsize,
    by_tenant: DashMap<TenantId, usize>,
}

/// A body that is being received. Releases its memory when dropped.
pub struct BodyBuffer<'a> {
    bytes: Vec<u8>,
    memory: &'a BodyMemory,
    /// `None` for an unauthenticated request.
    tenant: Option<TenantId>,
    /// Bytes that count for the limits.
    counted: usize,
}

impl BodyMemory {
    /// Creates an empty buffer for a request of this tenant.
    pub fn buffer(&self, tenant: Option<TenantId>) -> BodyBuffer<'_> {
        BodyBuffer {
            bytes: Vec::new(),
            memory: self,
            tenant,
            counted: 0,
        }
    }

    fn take(&self, tenant: &TenantId, bytes: usize) -> Result<(), ApiError> {
        let mut taken = self.by_tenant.entry(tenant.clone()).or_insert(0);
        let all = self.all.fetch_add(bytes, Ordering::Relaxed) + bytes;
        *taken += bytes;
        if all <= ALL_BODIES_MAX_BYTES && *taken <= TENANT_BODIES_MAX_BYTES {
            return Ok(());
        }
        drop(taken);
        self.give_back(tenant, bytes);
        Err(ApiError::new(ErrorCode::Overloaded)
            .message("Too many large request bodies are being received at once.")
            .retry_after(1))
    }

    fn give_back(&self, tenant: &TenantId, bytes: usize) {
        self.all.fetch_sub(bytes, Ordering::Relaxed);
        if let Some(mut taken) = self.by_tenant.get_mut(tenant) {
            *taken -= bytes;
        }
        self.by_tenant.remove_if(tenant, |_, taken| *taken == 0);
    }
}

impl BodyBuffer<'_> {
    /// Returns the maximum size of this request's body.
    pub fn max(&self) -> usize {
        match self.tenant {
            Some(_) => BODY_MAX_BYTES,
            None => ANONYMOUS_BODY_MAX_BYTES,
        }
    }

    /// Appends received data. Fails if a limit is exceeded.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), ApiError> {
        let len = self.bytes.len() + chunk.len();
        if len > self.max() {
            return Err(too_large(self.max()));
        }
        let more = len.saturating_sub(UNCOUNTED_BYTES) - self.counted;
        if more > 0
            && let Some(tenant) = &self.tenant
        {
            self.memory.take(tenant, more)?;
            self.counted += more;
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }

    /// Returns the data received so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for BodyBuffer<'_> {
    fn drop(&mut self) {
        if let Some(tenant) = self.tenant.as_ref().filter(|_| self.counted > 0) {
            self.memory.give_back(tenant, self.counted);
        }
    }
}

/// The error for a body of more than `max` bytes.
pub fn too_large(max: usize) -> ApiError {
    let error = ApiError::new(ErrorCode::BodyTooLarge);
    if max == BODY_MAX_BYTES {
        return error;
    }
    error.message(format!(
        "The request body is larger than {} KiB.",
        max / 1024
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Receives bodies of this tenant until one is refused.
    fn fill<'a>(memory: &'a BodyMemory, tenant: &str) -> Vec<BodyBuffer<'a>> {
        let chunk = vec![0; BODY_MAX_BYTES];
        let body = || {
            let mut body = memory.buffer(Some(TenantId::new(tenant)));
            body.push(&chunk).is_ok().then_some(body)
        };
        std::iter::from_fn(body).collect()
    }

    #[test]
    fn no_tenant_takes_the_memory_of_the_others() {
        let memory = BodyMemory::default();
        let first = fill(&memory, "ten_a");
        assert_eq!(first.len(), TENANT_BODIES_MAX_BYTES / BODY_MAX_BYTES);
        let second = fill(&memory, "ten_b");
        assert_eq!(second.len(), first.len());
        // Small bodies, and those of unauthenticated requests, do not count.
        let mut small = memory.buffer(Some(TenantId::new("ten_a")));
        assert!(small.push(&[0; UNCOUNTED_BYTES]).is_ok());
        let refused = small.push(&vec![0; 64 * 1024]).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::Overloaded);
        let mut login = memory.buffer(None);
        assert!(login.push(&[0; ANONYMOUS_BODY_MAX_BYTES]).is_ok());
        let refused = login.push(b"x").unwrap_err();
        assert_eq!(refused.code(), ErrorCode::BodyTooLarge);
        // All tenants together are limited, too.
        let others = ["ten_c", "ten_d", "ten_e"].map(|tenant| fill(&memory, tenant));
        assert_eq!(others.map(|bodies| bodies.len()), [8, 8, 0]);
        drop((first, second, small, login));
        assert_eq!(memory.all.load(Ordering::Relaxed), 0);
        assert!(memory.by_tenant.is_empty());
    }
}
