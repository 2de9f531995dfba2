use shared::error::{ErrorCode, FieldError, Problem};

/// Error of an API call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// Error response of the server.
    Problem(Box<Problem>),
    /// No response: the network or the server is down.
    Unreachable,
    /// Unreadable response, from a proxy or from a server of another version.
    Unexpected {
        status: u16,
        /// Request ID, if the response has one.
        request_id: Option<String>,
    },
    /// A chunk of the dashboard could not be loaded.
    PartMissing,
}

impl ApiError {
    /// Returns `true` for an error response with this code.
    pub fn is(&self, code: ErrorCode) -> bool {
        matches!(self, Self::Problem(problem) if problem.error == code)
    }

    /// Returns the error as a sentence.
    pub fn message(&self) -> String {
        match self {
            Self::Problem(problem) => problem.message.clone(),
            Self::Unreachable => "The server cannot be reached.".into(),
            Self::Unexpected { status, .. } => {
                format!("The server sent an unreadable response (HTTP {status}).")
            }
            Self::PartMissing => "This part of the dashboard could not be loaded.".into(),
        }
    }

    /// Returns the remedy as a sentence.
    pub fn detail(&self) -> String {
        match self {
            Self::Problem(problem) if problem.retry_after.is_some() => String::new(),
            // The remedy in the error catalog addresses developers.
            Self::Problem(problem) if problem.error == ErrorCode::KeyChanged => {
                "Close this, look at the key as it is now, and do it again if you still want to."
                    .into()
            }
            Self::Problem(problem) => problem.detail.clone(),
            Self::Unreachable => "Check your connection and that the server is running.".into(),
            Self::PartMissing => {
                "Check your connection and try again; reload the page if the server was updated just now.".into()
            }
            Self::Unexpected { .. } => {
                "Try again; reload the page if the server was updated just now.".into()
            }
        }
    }

    /// Returns the request ID, for support.
    pub fn request_id(&self) -> Option<String> {
        match self {
            Self::Problem(problem) => Some(problem.request_id.clone()),
            Self::Unreachable | Self::PartMissing => None,
            Self::Unexpected { request_id, .. } => request_id.clone(),
        }
    }

    /// Returns the seconds to wait before a retry.
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Problem(problem) => problem.retry_after,
            _ => None,
        }
    }

    /// Returns validation errors by field.
    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Problem(problem) => &problem.errors,
            _ => &[],
        }
    }
}
