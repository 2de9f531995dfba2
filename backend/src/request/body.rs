//! Request bodies: each must arrive before a deadline, and all together may take a
//! bounded amount of memory.

use crate::error::ApiError;
use actix_web::{
    HttpMessage,
    dev::{Payload, ServiceRequest},
    error::PayloadError,
    web::Bytes,
};
use futures_util::Stream;
use shared::error::ErrorCode;
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

/// The largest request body, in bytes.
pub const BODY_MAX_BYTES: usize = 1024 * 1024;
/// The largest request body of a caller that has not been identified, in bytes.
pub const ANONYMOUS_BODY_MAX_BYTES: usize = 8 * 1024;
/// Memory that the bodies being received may take together, in bytes.
const ALL_BODIES_MAX_BYTES: usize = 16 * 1024 * 1024;

/// A request's body as the connection delivers it. As long as a clone exists, the
/// connection is closed after the response unless the body has been read to its end;
/// otherwise the rest of a chunked body would be waited for without a deadline.
#[derive(Clone)]
pub struct IncomingBody(Rc<RefCell<Payload>>);

/// Puts a deadline on the body of a request, counted from when it is first waited for.
/// Returns `None` if the request has no body.
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
    /// Runs from the first time that the rest had to be waited for.
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
        // Even if there is something: a client may send a byte at a time.
        match deadline.as_mut().poll(cx) {
            Poll::Ready(()) if !matches!(next, Poll::Ready(None)) => {
                let timed_out = io::Error::from(io::ErrorKind::TimedOut);
                Poll::Ready(Some(Err(PayloadError::Io(timed_out))))
            }
            _ => next,
        }
    }
}

/// Returns what is wrong with a body that could not be read.
pub fn body_error(error: &PayloadError) -> ApiError {
    match error {
        PayloadError::Io(error) if error.kind() == io::ErrorKind::TimedOut => {
            ErrorCode::RequestTimeout.into()
        }
        PayloadError::Overflow => ErrorCode::BodyTooLarge.into(),
        _ => ApiError::new(ErrorCode::InvalidJson).detail("The body ended too early."),
    }
}

/// The memory taken by all bodies that are being received.
#[derive(Default)]
pub struct BodyMemory(AtomicUsize);

/// A body that is being received. Gives its memory back when dropped.
pub struct BodyBuffer<'a> {
    bytes: Vec<u8>,
    max: usize,
    memory: &'a BodyMemory,
}

impl BodyMemory {
    /// An empty body of at most `max` bytes.
    pub fn buffer(&self, max: usize) -> BodyBuffer<'_> {
        BodyBuffer {
            bytes: Vec::new(),
            max,
            memory: self,
        }
    }
}

impl BodyBuffer<'_> {
    /// Adds what has arrived.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), ApiError> {
        if self.bytes.len() + chunk.len() > self.max {
            return Err(too_large(self.max));
        }
        let others = self.memory.0.fetch_add(chunk.len(), Ordering::Relaxed);
        if others + chunk.len() > ALL_BODIES_MAX_BYTES {
            self.memory.0.fetch_sub(chunk.len(), Ordering::Relaxed);
            return Err(ApiError::new(ErrorCode::Overloaded).retry_after(1));
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }

    /// What has arrived so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for BodyBuffer<'_> {
    fn drop(&mut self) {
        self.memory.0.fetch_sub(self.bytes.len(), Ordering::Relaxed);
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

    #[test]
    fn bodies_share_a_bounded_memory() {
        let memory = BodyMemory::default();
        let chunk = vec![0; BODY_MAX_BYTES];
        let mut bodies: Vec<_> = (0..ALL_BODIES_MAX_BYTES / BODY_MAX_BYTES)
            .map(|_| memory.buffer(BODY_MAX_BYTES))
            .collect();
        for body in &mut bodies {
            assert!(body.push(&chunk).is_ok());
        }
        let mut late = memory.buffer(BODY_MAX_BYTES);
        let refused = late.push(b"x").unwrap_err();
        assert_eq!(refused.code(), ErrorCode::Overloaded);
        bodies.pop();
        assert!(late.push(b"x").is_ok());
        assert_eq!(late.bytes(), b"x");
        drop((bodies, late));
        assert_eq!(memory.0.into_inner(), 0);
    }

    #[test]
    fn a_body_has_a_limit_of_its_own() {
        let memory = BodyMemory::default();
        let mut body = memory.buffer(3);
        assert!(body.push(b"abc").is_ok());
        assert_eq!(body.push(b"d").unwrap_err().code(), ErrorCode::BodyTooLarge);
    }
}
