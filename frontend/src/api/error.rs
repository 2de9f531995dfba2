//! Why a call failed.

use shared::error::{ErrorCode, FieldError, Problem};

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// The server refused it and said why.
    Problem(Box<Problem>),
    /// No answer came: no network, or no server.
    Unreachable,
    /// An answer came that this dashboard cannot read: a proxy's page, or a
    /// server of another version.
    Unexpected {
        /// The HTTP status.
        status: u16,
        /// The request's id, if the answer carried one.
        request_id: Option<String>,
    },
    /// A part of the dashboard itself did not come.
    PartMissing,
}

impl ApiError {
    /// Whether it is the server's `code`.
    pub fn is(&self, code: ErrorCode) -> bool {
        matches!(self, Self::Problem(problem) if problem.error == code)
    }

    /// What happened, in a sentence.
    pub fn message(&self) -> String {
        match self {
            Self::Problem(problem) => problem.message.clone(),
            Self::Unreachable => "The server cannot be reached.".into(),
            Self::Unexpected { status, .. } => {
                format!("The server gave an answer that cannot be read (HTTP {status}).")
            }
            Self::PartMissing => "This part of the dashboard could not be loaded.".into(),
        }
    }

    /// What to do about it, in a sentence.
    pub fn detail(&self) -> String {
        match self {
            Self::Problem(problem) if problem.retry_after.is_some() => String::new(),
            // The catalogue's remedy is for programs.
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

    /// The request's id, to quote to support.
    pub fn request_id(&self) -> Option<String> {
        match self {
            Self::Problem(problem) => Some(problem.request_id.clone()),
            Self::Unreachable | Self::PartMissing => None,
            Self::Unexpected { request_id, .. } => request_id.clone(),
        }
    }

    /// Seconds to wait before trying again.
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Problem(problem) => problem.retry_after,
            _ => None,
        }
    }

    /// What is wrong, field by field.
    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Problem(problem) => &problem.errors,
            _ => &[],
        }
    }
}
