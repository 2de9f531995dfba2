//! Requests kept one by one: failed ones, and successful ones as far as there is room.
//!
//! Off the request's path: what is to be kept waits in a queue of bounded length
//! until it is written with the counters. What is too much is not kept, and that is
//! counted with the request itself, so that nobody takes the log for complete.

use crate::{
    error::ApiError,
    keys::cache::KeyRecord,
    usage::recorder::{Answered, Source},
};
use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use shared::{error::ErrorCode, usage::Check};
use std::{net::IpAddr, sync::Arc, time::Duration};

/// How many requests may wait to be written. At most as many are written a second.
const WAITING_MAX: usize = 8192;

/// Why a request failed, as its tenant may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The code that the client got.
    pub error: ErrorCode,
    /// What was wrong.
    pub message: String,
    /// Who refused it.
    pub refused_by: Check,
}

impl Failure {
    /// What an error tells. `reached` is whether a handler was.
    pub fn new(error: &ApiError, reached: bool) -> Self {
        Self {
            error: error.code(),
            message: error.log_message(),
            refused_by: refused_by(error.code(), reached),
        }
    }
}

/// Returns whether requests that end with this code were kept out because of their key:
/// its status, addresses, permissions or limits. Such a request is no use of the key.
pub fn is_refusal(code: ErrorCode) -> bool {
    code == ErrorCode::LiveKeyRequired
        || matches!(
            refused_by(code, true),
            Check::Key | Check::Address | Check::Scope | Check::RateLimit
        )
}

/// Which check answers with this code. Of a route that was not reached the address
/// itself was wrong.
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

/// A request that is to be kept, from before its answer is out.
pub struct Draft {
    /// The request.
    pub request_id: String,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
    /// Method and masked path of a request for a path that does not exist.
    pub unknown: Option<String>,
}

impl Draft {
    /// Of a request that there is room for.
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

    /// Now that it is answered.
    pub fn finish(self, answered: &Answered<'_>) -> LoggedRequest {
        LoggedRequest {
            request_id: self.request_id,
            key: answered.key.clone(),
            source: answered.source,
            client: answered.client,
            route: self.unknown.unwrap_or_else(|| answered.route.name()),
            status: answered.status,
            at: DateTime::from_timestamp_millis(answered.at_ms).unwrap_or_default(),
            duration_us: answered.latency_us,
            failure: self.failure,
        }
    }
}

/// A request that is to be written.
#[derive(Clone)]
pub struct LoggedRequest {
    /// The request.
    pub request_id: String,
    /// The key it counts for.
    pub key: Arc<KeyRecord>,
    /// How it came by the key.
    pub source: Source,
    /// Where it came from.
    pub client: IpAddr,
    /// Method and route template, or the masked path where there is none.
    pub route: String,
    /// HTTP status.
    pub status: u16,
    /// When it was answered.
    pub at: DateTime<Utc>,
    /// From arrival to the last byte, in microseconds.
    pub duration_us: u64,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
}

/// The requests that wait to be written.
#[derive(Default)]
pub struct RequestLog {
    waiting: Mutex<Vec<LoggedRequest>>,
}

impl RequestLog {
    /// Queues a request; `false` if too many are waiting.
    pub fn push(&self, request: LoggedRequest) -> bool {
        let mut waiting = self.waiting.lock();
        let room = waiting.len() < WAITING_MAX;
        if room {
            waiting.push(request);
        }
        room
    }

    /// Takes all that wait, in the order of their times.
    pub fn take(&self) -> Vec<LoggedRequest> {
        let mut taken = std::mem::take(&mut *self.waiting.lock());
        taken.sort_by_key(|request| request.at);
        taken
    }

    /// Puts back what could not be written.
    pub fn put_back(&self, mut requests: Vec<LoggedRequest>) {
        let mut waiting = self.waiting.lock();
        requests.append(&mut waiting);
        *waiting = requests;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_was_let_in_and_failed_is_no_refusal() {
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
    fn the_check_is_told_by_the_code() {
        assert_eq!(refused_by(ErrorCode::NotFound, false), Check::Validation);
        assert_eq!(refused_by(ErrorCode::NotFound, true), Check::Handler);
        assert_eq!(refused_by(ErrorCode::InvalidToken, false), Check::Key);
        assert_eq!(refused_by(ErrorCode::InternalError, true), Check::Handler);
    }
}
