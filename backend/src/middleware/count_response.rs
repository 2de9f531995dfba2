//! Records a request's usage once its response has been sent completely.

use crate::{
    gateway::context::GatewayContext,
    middleware::body::IncomingBody,
    state::AppState,
    usage::{recorder::CompletedRequest, request_log::Draft, route::Route},
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
pub struct PendingRecord {
    pub state: Arc<AppState>,
    /// The key that the request is attributed to.
    pub gateway: GatewayContext,
    pub route: Route,
    pub status: u16,
    /// Error for which the key was rejected; `None` if it was accepted.
    pub refusal: Option<ErrorCode>,
    /// Time of arrival on the monotonic clock.
    pub started: Duration,
    /// Entry for the request log, if its budget allows one.
    pub draft: Option<Box<Draft>>,
}

impl PendingRecord {
    fn count(self) {
        let now = self.state.clock.monotonic();
        let latency = now.saturating_sub(self.started);
        let mut request = CompletedRequest {
            key: &self.gateway.key,
            source: self.gateway.source,
            client: self.gateway.client,
            route: self.route,
            status: self.status,
            at_ms: self.gateway.at.utc_ms_at(now),
            latency_us: u64::try_from(latency.as_micros()).unwrap_or(u64::MAX),
            logged: false,
            refusal: self.refusal,
        };
        if let Some(draft) = self.draft {
            let entry = draft.finish(&request);
            request.logged = self.state.request_log.push(entry);
        }
        self.state.recorder.record(&request);
    }
}

/// A response body that records its request when the last byte was passed to the connection, unless
/// the client disconnected before.
pub struct RecordingBody {
    body: BoxBody,
    record: Option<PendingRecord>,
    _incoming: Option<IncomingBody>,
}

impl RecordingBody {
    /// Records immediately if the body is empty.
    pub fn new(
        body: BoxBody,
        record: Option<PendingRecord>,
        incoming: Option<IncomingBody>,
    ) -> Self {
        let mut recording = Self {
            body,
            record,
            _incoming: incoming,
        };
        // Empty bodies are never polled.
        if matches!(recording.body.size(), BodySize::None | BodySize::Sized(0)) {
            recording.finish();
        }
        recording
    }

    fn finish(&mut self) {
        if let Some(record) = self.record.take() {
            record.count();
        }
    }
}

impl MessageBody for RecordingBody {
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
