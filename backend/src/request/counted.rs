//! Counting an answer once it is fully handed over.

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

/// What is needed to count an answer once it is out.
pub struct Ticket {
    /// Where it is counted.
    pub state: Arc<AppState>,
    /// Whose request it was.
    pub attribution: Attribution,
    /// The route that it is counted under.
    pub route: Route,
    /// HTTP status of the answer.
    pub status: u16,
    /// Why the key was not let in, if it was not.
    pub refusal: Option<ErrorCode>,
    /// When the request came, on the monotonic clock.
    pub started: Duration,
    /// What is to be kept of it alone, if there was room.
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

/// A body that counts its request when the last byte was handed to the
/// connection, and not if the client had gone before.
pub struct Counted {
    body: BoxBody,
    ticket: Option<Ticket>,
    _incoming: Option<IncomingBody>,
}

impl Counted {
    /// Counts at once if there is nothing to hand over.
    pub fn new(body: BoxBody, ticket: Option<Ticket>, incoming: Option<IncomingBody>) -> Self {
        let mut counted = Self {
            body,
            ticket,
            _incoming: incoming,
        };
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
