//! Errors of handlers and their responses. The table in `shared::error` decides what clients see;
//! the cause of a 5xx is only logged.

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header::WWW_AUTHENTICATE},
};
use shared::{
    error::{ErrorCode, FieldError, Problem},
    scope::ScopeSet,
};
use std::{borrow::Cow, fmt};

/// An error that is sent as `application/problem+json`.
pub struct ApiError(Box<Occurrence>);

struct Occurrence {
    code: ErrorCode,
    message: Option<Cow<'static, str>>,
    detail: Option<Cow<'static, str>>,
    reason: Option<Cow<'static, str>>,
    retry_after: Option<u32>,
    required_scope: Option<ScopeSet>,
    limit: Option<&'static str>,
    errors: Vec<FieldError>,
    without_credentials: bool,
    cause: Option<String>,
}

impl ApiError {
    /// Creates an error with the table's message and detail.
    pub fn new(code: ErrorCode) -> Self {
        Self(Box::new(Occurrence {
            code,
            message: None,
            detail: None,
            reason: None,
            retry_after: None,
            required_scope: None,
            limit: None,
            errors: Vec::new(),
            without_credentials: false,
            cause: None,
        }))
    }

    /// Creates an internal error. `cause` is logged and not sent.
    pub fn internal(cause: impl fmt::Display) -> Self {
        let mut error = Self::new(ErrorCode::InternalError);
        error.0.cause = Some(cause.to_string());
        error
    }

    /// Creates an error for invalid fields. The response has the first field's error code.
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let code = errors
            .first()
            .map_or(ErrorCode::InvalidField, |error| error.code);
        let mut error = Self::new(code);
        if let [only] = errors.as_slice() {
            error.0.detail = Some(format!("{}: {}", only.field, only.message).into());
        }
        error.0.errors = errors;
        error
    }

    /// Overrides the table's message with a more specific one.
    #[must_use]
    pub fn message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.0.message = Some(message.into());
        self
    }

    /// Overrides the table's detail with more specific advice.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Sets a more specific reason for the tenant's request log, which is not sent.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<Cow<'static, str>>) -> Self {
        self.0.reason = Some(reason.into());
        self
    }

    /// Copies the [`Self::reason`] of an error that this one hides.
    #[must_use]
    pub fn reason_of(mut self, other: &Self) -> Self {
        self.0.reason.clone_from(&other.0.reason);
        self
    }

    /// Sets the seconds to wait, which are also sent as `Retry-After`.
    #[must_use]
    pub fn retry_after(mut self, secs: u32) -> Self {
        self.0.retry_after = Some(secs);
        self
    }

    /// Sets the name of the rate limit that refused the request, as in `RateLimit-Policy`.
    #[must_use]
    pub fn limit(mut self, name: &'static str) -> Self {
        self.0.limit = Some(name);
        self
    }

    /// Sets the scopes that the request would have needed.
    #[must_use]
    pub fn required_scope(mut self, scopes: ScopeSet) -> Self {
        self.0.required_scope = Some(scopes);
        self
    }

    /// Marks a request without credentials, for which `WWW-Authenticate` must not name an error
    /// (RFC 6750, section 3.1).
    #[must_use]
    pub fn without_credentials(mut self) -> Self {
        self.0.without_credentials = true;
        self
    }

    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// Returns the message for the tenant's request log. It names fields but never includes what
    /// was sent.
    pub fn log_message(&self) -> String {
        let Occurrence {
            code,
            message,
            reason,
            required_scope,
            errors,
            ..
        } = &*self.0;
        let said = reason.as_deref().or(message.as_deref());
        let mut text = said.unwrap_or(code.message()).to_owned();
        let fields: Vec<_> = errors.iter().map(|error| &*error.field).collect();
        let fields: Vec<_> = fields.into_iter().filter(|name| is_plain(name)).collect();
        if !fields.is_empty() {
            text = format!("{text} ({})", fields.join(", "));
        }
        if let Some(scopes) = required_scope {
            text = format!("{text} Needed: {scopes}.");
        }
        text
    }

    /// Returns the internal cause for the server's log.
    pub fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// Builds the response body for the request with this id on the server at `public_url`.
    pub fn to_problem(&self, request_id: &str, public_url: &str) -> Problem {
        let Occurrence {
            code,
            message,
            detail,
            retry_after,
            required_scope,
            limit,
            errors,
            ..
        } = &*self.0;
        Problem {
            type_url: format!("{public_url}{}#{code}", shared::error::CATALOGUE_PATH),
            title: code.title().into(),
            status: code.status(),
            detail: detail.as_deref().unwrap_or(code.remedy()).into(),
            error: *code,
            message: message.as_deref().unwrap_or(code.message()).into(),
            request_id: request_id.into(),
            retry_after: *retry_after,
            required_scope: *required_scope,
            limit: limit.map(str::to_owned),
            errors: errors.clone(),
        }
    }

    /// Builds the response for the request with this id on the server at `public_url`.
    pub fn to_response(&self, request_id: &str, public_url: &str) -> HttpResponse {
        let problem = self.to_problem(request_id, public_url);
        let mut response = HttpResponse::build(self.status_code());
        if let Some(secs) = problem.retry_after {
            response.insert_header(("Retry-After", secs.to_string()));
        }
        if problem.error == ErrorCode::InvalidToken {
            let challenge = if self.0.without_credentials {
                "Bearer realm=\"PenguinMails API\""
            } else {
                "Bearer realm=\"PenguinMails API\", error=\"invalid_token\""
            };
            response.insert_header((WWW_AUTHENTICATE, challenge));
        }
        if problem.error == ErrorCode::UnsupportedMediaType {
            // RFC 9110, section 15.5.16.
            response.insert_header(("Accept", "application/json"));
            response.insert_header(("Accept-Encoding", "identity"));
        }
        response
            .insert_header(("Cache-Control", "no-store"))
            .content_type("application/problem+json")
            .body(serde_json::to_vec(&problem).unwrap_or_default())
    }
}

/// Returns `true` if a field name, which the client may have made up, is safe to log.
fn is_plain(name: &str) -> bool {
    (1..=40).contains(&name.len())
        && !name.contains("pm_")
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.[]".contains(&byte))
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("code", &self.0.code)
            .field("cause", &self.0.cause)
            .finish()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(cause) = self.cause() {
            return write!(f, "{}: {cause}", self.code());
        }
        let message = self.0.message.as_deref();
        f.write_str(message.unwrap_or(self.code().message()))
    }
}

impl std::error::Error for ApiError {}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// A placeholder: the `request` middleware replaces it with [`ApiError::to_response`], because
    /// only the middleware knows the request id.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

impl From<ErrorCode> for ApiError {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

impl From<diesel::result::Error> for ApiError {
    fn from(error: diesel::result::Error) -> Self {
        match error {
            diesel::result::Error::NotFound => Self::new(ErrorCode::NotFound),
            other => Self::internal(other),
        }
    }
}

/// The pool timed out while waiting for a connection.
impl From<diesel::r2d2::PoolError> for ApiError {
    fn from(error: diesel::r2d2::PoolError) -> Self {
        let mut overloaded = Self::new(ErrorCode::Overloaded).retry_after(1);
        overloaded.0.cause = Some(error.to_string());
        overloaded
    }
}
