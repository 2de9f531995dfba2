//! The queue of the request log: all failed requests and a sample of the successful ones, as far as
//! the tenant's budget allows. The queue is bounded; requests that are not logged are counted, so
//! that reports can say that the log is incomplete.

use crate::{
    error::ApiError,
    keys::cache::KeyRecord,
    usage::recorder::{CompletedRequest, Source},
};
use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use shared::{error::ErrorCode, usage::Check};
use std::{net::IpAddr, sync::Arc, time::Duration};

/// Maximum length of the queue, and thus of log entries per second.
const QUEUE_MAX_LEN: usize = 8192;

/// The reason for which a request failed, as shown to its tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub error: ErrorCode,
    pub message: String,
    /// Check that refused the request.
    pub refused_by: Check,
}

impl Failure {
    /// Builds the reason from an error. `reached` is `true` if a handler was called.
    pub fn new(error: &ApiError, reached: bool) -> Self {
        Self {
            error: error.code(),
            message: error.log_message(),
            refused_by: refused_by(error.code(), reached),
        }
    }
}

/// Returns `true` if the code means that the key was rejected: for its status, IP addresses,
/// permissions or limits. Such a request does not count as use of the key.
pub fn is_refusal(code: ErrorCode) -> bool {
    code == ErrorCode::LiveKeyRequired
        || matches!(
            refused_by(code, true),
            Check::Key | Check::Address | Check::Scope | Check::RateLimit
        )
}

/// Maps the code to the check that responds with it. `reached` is `false` if the path or method
/// does not exist.
fn refused_by(code: ErrorCode, reached: bool) -> Check {
    match code {
        ErrorCode::BodyTooLarge
        | ErrorCode::RequestTimeout
        | ErrorCode::KeyInQuery
        | ErrorCode::MisdirectedRequest => Check::Syntax,
        ErrorCode::InvalidToken | ErrorCode::NotSignedIn | ErrorCode::TooManyFailedAttempts => {
            Check::Key
        }
        ErrorCode::IpNotAllowed => Check::Address,
        ErrorCode::InsufficientScope | ErrorCode::BeyondYourRights => Check::Scope,
        ErrorCode::RateLimitExceeded => Check::RateLimit,
        ErrorCode::InvalidJson
        | ErrorCode::UnknownField
        | ErrorCode::InvalidField
        | ErrorCode::InvalidEmail
        | ErrorCode::SenderNotAllowed
        | ErrorCode::UnknownTemplate
        | ErrorCode::MissingVariable
        | ErrorCode::InvalidQuery
        | ErrorCode::MethodNotAllowed
        | ErrorCode::UnsupportedMediaType => Check::Validation,
        ErrorCode::NotFound if !reached => Check::Validation,
        _ => Check::Handler,
    }
}

/// A log entry whose response has not been sent yet.
pub struct Draft {
    pub request_id: String,
    pub failure: Option<Failure>,
    /// Method and masked path, if the path does not exist.
    pub unknown: Option<String>,
}

impl Draft {
    /// Creates an entry if the tenant's budget allows one.
    pub fn new(key: &KeyRecord, status: u16, now: Duration, request_id: &str) -> Option<Box<Self>> {
        let kept = key.limits.log_budget.take(status, now);
        kept.then(|| {
            Box::new(Self {
                request_id: request_id.to_owned(),
                failure: None,
                unknown: None,
            })
        })
    }

    /// Completes the entry after the response was sent.
    pub fn finish(self, request: &CompletedRequest<'_>) -> LoggedRequest {
        LoggedRequest {
            request_id: self.request_id,
            key: request.key.clone(),
            source: request.source,
            client: request.client,
            route: self.unknown.unwrap_or_else(|| request.route.name()),
            status: request.status,
            at: DateTime::from_timestamp_millis(request.at_ms).unwrap_or_default(),
            duration_us: request.latency_us,
            failure: self.failure,
        }
    }
}

/// An entry of the request log. Contains no path parameters, query strings, bodies or headers, which
/// may hold personal data or secrets.
#[derive(Clone)]
pub struct LoggedRequest {
    pub request_id: String,
    /// Key that the request is attributed to.
    pub key: Arc<KeyRecord>,
    pub source: Source,
    pub client: IpAddr,
    /// Method and route template, or masked path if there is no such route.
    pub route: String,
    pub status: u16,
    /// Time of the response.
    pub at: DateTime<Utc>,
    /// Time from arrival to the last byte of the response, in microseconds.
    pub duration_us: u64,
    pub failure: Option<Failure>,
}

/// Entries that have not been written yet.
#[derive(Default)]
pub struct RequestLog {
    queue: Mutex<Vec<LoggedRequest>>,
}

impl RequestLog {
    /// Queues an entry. Returns `false` if the queue is full.
    pub fn push(&self, request: LoggedRequest) -> bool {
        let mut queue = self.queue.lock();
        let room = queue.len() < QUEUE_MAX_LEN;
        if room {
            queue.push(request);
        }
        room
    }

    /// Takes all entries, oldest first.
    pub fn take(&self) -> Vec<LoggedRequest> {
        let mut taken = std::mem::take(&mut *self.queue.lock());
        taken.sort_by_key(|request| request.at);
        taken
    }

    /// Puts back entries that could not be written.
    pub fn put_back(&self, mut requests: Vec<LoggedRequest>) {
        let mut queue = self.queue.lock();
        requests.append(&mut queue);
        *queue = requests;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_handlers_are_not_refusals() {
        for code in [
            ErrorCode::InvalidToken,
            ErrorCode::IpNotAllowed,
            ErrorCode::InsufficientScope,
            ErrorCode::LiveKeyRequired,
            ErrorCode::RateLimitExceeded,
        ] {
            assert!(is_refusal(code), "{code}");
        }
        for code in [
            ErrorCode::InvalidField,
            ErrorCode::NotFound,
            ErrorCode::QuotaExceeded,
            ErrorCode::InternalError,
        ] {
            assert!(!is_refusal(code), "{code}");
        }
    }

    #[test]
    fn codes_map_to_checks() {
        assert_eq!(refused_by(ErrorCode::NotFound, false), Check::Validation);
        assert_eq!(refused_by(ErrorCode::NotFound, true), Check::Handler);
        assert_eq!(refused_by(ErrorCode::InvalidToken, false), Check::Key);
        assert_eq!(refused_by(ErrorCode::InternalError, true), Check::Handler);
    }
}
