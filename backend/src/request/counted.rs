//! Records a request's usage once its response has been sent completely.

use crate::{
    gateway::guard::Attribution,
    request::body::IncomingBody,
    state::AppState,
    usage::{recorder::Answered, request_log::Draft, route::Route},
};
use actix_web::{
    body::{BodySize, BoxBody, MessageBody},
    web::Bytes,
};
use shared::error::ErrorCode;
use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

/// The data to record a request with after its response.
pub struct Ticket {
    pub state: Arc<AppState>,
    /// The key that the request is attributed to.
    pub attribution: Attribution,
    pub route: Route,
    pub status: u16,
    /// Error for which the key was rejected; `None` if it was accepted.
    pub refusal: Option<ErrorCode>,
    /// Time of arrival on the monotonic clock.
    pub started: Duration,
    /// Entry for the request log, if its budget allows one.
    pub draft: Option<Box<Draft>>,
}

impl Ticket {
    fn count(self) {
        let now = self.state.clock.monotonic();
        let latency = now.saturating_sub(self.started);
        let mut answered = Answered {
            key: &self.attribution.key,
            source: self.attribution.source,
            client: self.attribution.client,
            route: self.route,
            status: self.status,
            at_ms: self.attribution.at.utc_ms_at(now),
            latency_us: u64::try_from(latency.as_micros()).unwrap_or(u64::MAX),
            logged: false,
            refusal: self.refusal,
        };
        if let Some(draft) = self.draft {
            let request = draft.finish(&answered);
            answered.logged = self.state.request_log.push(request);
        }
        self.state.recorder.record(&answered);
    }
}

/// A response body that records its request when the last byte was passed to the connection, unless
/// the client disconnected before.
pub struct Counted {
    body: BoxBody,
    ticket: Option<Ticket>,
    _incoming: Option<IncomingBody>,
}

impl Counted {
    /// Records immediately if the body is empty.
    pub fn new(body: BoxBody, ticket: Option<Ticket>, incoming: Option<IncomingBody>) -> Self {
        let mut counted = Self {
            body,
            ticket,
            _incoming: incoming,
        };
        // Empty bodies are never polled.
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
