//! Error codes and the body of error responses: RFC 9457 `application/problem+json`, with the
//! members of the original specification.

use crate::scope::ScopeSet;
use serde::{Deserialize, Serialize};

/// Declares [`ErrorCode`] with status, title, message and remedy of each code.
macro_rules! error_codes {
    ($($(#[$doc:meta])* $code:ident $name:literal $status:literal $title:literal $message:literal $cure:literal;)*) => {
        /// Machine-readable code of an error response.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum ErrorCode {
            $($(#[$doc])* #[serde(rename = $name)] $code,)*
        }

        impl ErrorCode {
            /// Every code, in the order of the error catalogue.
            pub const ALL: &[Self] = &[$(Self::$code),*];

            /// Returns the code as sent in the `error` property.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => $name,)* }
            }

            /// Returns the HTTP status of the response.
            pub const fn status(self) -> u16 {
                match self { $(Self::$code => $status,)* }
            }

            /// Returns the short summary, which is the same for every occurrence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$code => $title,)* }
            }

            /// Returns the default for `message`.
            pub const fn message(self) -> &'static str {
                match self { $(Self::$code => $message,)* }
            }

            /// Returns advice on fixing the error: the default for `detail`, and the catalogue's
            /// text.
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$code => $cure,)* }
            }
        }
    };
}

error_codes! {
    /// The body is not valid JSON.
    InvalidJson "invalid_json" 400 "Invalid JSON"
        "The request body is not valid JSON."
        "Send one valid JSON object.";
    /// The body has an unknown field.
    UnknownField "unknown_field" 400 "Unknown field"
        "The request has a field that this operation does not know."
        "Remove the field, or correct its spelling; the documentation lists every field.";
    /// A field is missing or invalid.
    InvalidField "invalid_field" 400 "Invalid field"
        "A field of the request is missing or has a value that is not allowed."
        "Correct the fields listed in `errors`.";
    /// A field is not a valid email address.
    InvalidEmail "invalid_email" 400 "Invalid email address"
        "Recipient email is invalid"
        "Send an address of the form name@example.com.";
    /// The tenant may not use the domain of the sender.
    SenderNotAllowed "sender_not_allowed" 400 "Sender not allowed"
        "This account may not send from that domain."
        "Use a sender of one of the domains in `errors`, or leave `from` out for the account's default. The operator allows other domains: `penguinmails admin set-sender --domains`.";
    /// The template id does not exist.
    UnknownTemplate "unknown_template" 400 "Unknown template"
        "There is no template with this id."
        "Use an id of GET /v1/templates, or PUT the template first. Live and test templates are separate.";
    /// The request lacks a variable that the template needs.
    MissingVariable "missing_variable" 400 "Missing variable"
        "The template needs a variable that the request does not have."
        "Add the variable named in `errors` to `variables`, or give it a default in the template.";
    /// A query parameter is unknown or invalid.
    InvalidQuery "invalid_query" 400 "Invalid query parameter"
        "A query parameter is unknown or has a value that is not allowed."
        "Correct the parameters listed in `errors`.";
    /// An API key was sent in the URL.
    KeyInQuery "key_in_query" 400 "API key in the URL"
        "API keys must not be sent in the URL, where logs and browsers keep them."
        "Send the key in the Authorization header, and rotate it: this URL may have been logged.";
    /// The API key is missing or invalid.
    InvalidToken "invalid_token" 401 "Invalid API key"
        "API key is invalid or expired"
        "Send a current key as `Authorization: Bearer pm_live_…`. The API Keys page shows which keys are active.";
    /// The session is missing or invalid.
    NotSignedIn "not_signed_in" 401 "Not signed in"
        "You are not signed in, or your session has ended."
        "Sign in again.";
    /// The email address or password is wrong.
    WrongCredentials "wrong_credentials" 401 "Wrong email or password"
        "Email or password is wrong."
        "Check both and try again; upper and lower case matter in the password.";
    /// The password entered for confirmation is wrong.
    WrongPassword "wrong_password" 403 "Wrong password"
        "That password is wrong."
        "Enter the password that you sign in with.";
    /// The key lacks a required scope.
    InsufficientScope "insufficient_scope" 403 "Insufficient permissions"
        "Insufficient permissions. Update key permissions in settings."
        "Add what `required_scope` lists to the key, or use another key. The documentation says where one of several scopes is enough.";
    /// The operation affects the whole account, and the key is a test key.
    LiveKeyRequired "live_key_required" 403 "Live key required"
        "A test key cannot do this, because it concerns the whole account."
        "Use a live key (pm_live_…) with the same permission, or the dashboard. Test keys see and change test data only.";
    /// The client's IP address is not in the key's allowlist.
    IpNotAllowed "ip_not_allowed" 403 "IP address not allowed"
        "This key may not be used from your IP address."
        "Call from an allowed address, or add this one to the key's IP restrictions.";
    /// The user's role does not allow the operation.
    InsufficientRole "insufficient_role" 403 "No access"
        "Your role does not give access to this."
        "Ask an Owner or Admin of your account.";
    /// The caller would grant more than it holds.
    BeyondYourRights "beyond_your_rights" 403 "Beyond your rights"
        "You cannot grant permissions that you do not have yourself."
        "Leave out the permissions listed in `required_scope`, or ask an Owner or Admin.";
    /// The user must enter the password again.
    SudoRequired "sudo_required" 403 "Password required"
        "Enter your password again to do this."
        "POST your password to /api/v1/auth/sudo, then repeat the request.";
    /// The request was made by another site.
    CrossSiteRequest "cross_site_request" 403 "Cross-site request"
        "This request was not made by the dashboard itself."
        "Use the dashboard at its own address, or call the API with a key.";
    /// The set-up link is wrong or was already used.
    SetupLinkInvalid "setup_link_invalid" 403 "Set-up link not valid"
        "This set-up link has been used or is not the newest one."
        "If an account exists, sign in. Otherwise, open the link that the server printed last.";
    /// The resource does not exist for this caller.
    NotFound "not_found" 404 "Not found"
        "There is nothing at this address."
        "Check the path and the id. Ids of other accounts and environments are not found either.";
    /// The path exists, but does not support the method.
    MethodNotAllowed "method_not_allowed" 405 "Method not allowed"
        "This path does not support that HTTP method."
        "Use one of the methods in the Allow header.";
    /// The body was not received within the server's time limit.
    RequestTimeout "request_timeout" 408 "Request timeout"
        "The request body did not arrive in time."
        "Send the whole body within 30 seconds, on a new connection. On a slow line, send less at once.";
    /// The key was already revoked.
    KeyAlreadyRevoked "key_already_revoked" 409 "Key already revoked"
        "This key has already been revoked and cannot be used."
        "Create a new key if you still need access.";
    /// The operation is not possible with a key in this status.
    KeyNotActive "key_not_active" 409 "Key not active"
        "This key is not active."
        "Enable the key, or create a new one; only an active key can be rotated or tried out.";
    /// The key was not created as recoverable.
    KeyNotRecoverable "key_not_recoverable" 409 "Key not recoverable"
        "This key was shown once and is not stored."
        "Rotate the key to get a new one. Only keys created with \"Allow revealing later\" can be shown again.";
    /// The key has no permission that waits for approval.
    NothingToApprove "nothing_to_approve" 409 "Nothing to approve"
        "No permission of this key waits for approval."
        "Reload the key: it may have been approved or changed in the meantime.";
    /// The tenant's policy forbids recoverable keys.
    RecoverableForbidden "recoverable_forbidden" 403 "Recoverable keys are forbidden"
        "Your account does not allow keys that can be revealed later."
        "Create the key without \"Allow revealing later\" and save it when it is shown.";
    /// The tenant has reached a quota of its plan.
    QuotaExceeded "quota_exceeded" 403 "Quota exceeded"
        "This would be more than your plan's quota allows."
        "Delete what you no longer need, or ask the operator for a larger plan or quota. The billing page shows all quotas.";
    /// A request with the same `Idempotency-Key` is still being processed.
    IdempotencyInFlight "idempotency_in_flight" 409 "Request in progress"
        "A request with this Idempotency-Key is still being processed."
        "Wait a second and repeat the request to get the response of the first one.";
    /// Another contact has the same email address.
    ContactExists "contact_exists" 409 "Contact exists"
        "Another contact has this email address."
        "Change or delete that contact first, or keep this one's address.";
    /// The campaign's status does not allow editing.
    CampaignNotEditable "campaign_not_editable" 409 "Campaign not editable"
        "This campaign can no longer be changed."
        "Create a new campaign. Only drafts can be changed; drafts, completed and failed campaigns can be deleted.";
    /// The campaign's status does not allow the requested transition.
    IllegalTransition "illegal_transition" 409 "Illegal transition"
        "The campaign cannot do this in its current status."
        "Start drafts and paused campaigns; pause campaigns that are sending.";
    /// The campaign has no recipients.
    NoRecipients "no_recipients" 409 "No recipients"
        "No active contact has one of the campaign's tags."
        "Add contacts with these tags in the key's environment, or change `contact_tags`.";
    /// The key was changed after the caller last read it.
    KeyChanged "key_changed" 412 "Key changed"
        "This key was changed since you read it. Your change was not made."
        "GET the key again, compare it with what you want, and repeat the change with its current ETag in If-Match.";
    /// A precondition header of the request does not match.
    PreconditionFailed "precondition_failed" 412 "Precondition failed"
        "This was changed, created or deleted since you read it. Your change was not made."
        "GET it again, compare, and repeat the change with its current ETag in If-Match, as it was sent, with the quotes. Without If-Match and If-None-Match the change is made in any case.";
    /// The body is larger than 1 MiB.
    BodyTooLarge "body_too_large" 413 "Body too large"
        "The request body is larger than 1 MiB."
        "Send less at once.";
    /// The `Content-Type` is not JSON.
    UnsupportedMediaType "unsupported_media_type" 415 "Unsupported media type"
        "The request body must be JSON."
        "Send `Content-Type: application/json`.";
    /// The `Host` header names another server.
    MisdirectedRequest "misdirected_request" 421 "Misdirected request"
        "This server does not serve that host name."
        "Use the server's public URL, or set it with --public-url.";
    /// The `Idempotency-Key` was already used for another request.
    IdempotencyKeyReused "idempotency_key_reused" 422 "Idempotency key reused"
        "This Idempotency-Key was used in the last 24 hours with another body."
        "Use a new key for a new request, and the same body for a repeated one.";
    /// The rate limit is exceeded.
    RateLimitExceeded "rate_limit_exceeded" 429 "Rate limit exceeded"
        "Rate limit exceeded."
        "Wait for `retry_after` seconds and spread requests out, combine several into one, or upgrade the plan.";
    /// Too many requests with invalid keys came from one IP address.
    TooManyFailedAttempts "too_many_failed_attempts" 429 "Too many failed attempts"
        "Too many requests with an invalid API key came from your address."
        "Correct the key, then wait for the time in Retry-After. Valid keys are not affected.";
    /// Too many wrong passwords were entered.
    TooManyLoginAttempts "too_many_login_attempts" 429 "Too many attempts"
        "Too many wrong passwords."
        "Wait for the time in Retry-After and try again.";
    /// The server failed unexpectedly.
    InternalError "internal_error" 500 "Internal error"
        "Something went wrong on our side."
        "Try again. If it persists, give the operator the request id.";
    /// The server is temporarily overloaded.
    Overloaded "overloaded" 503 "Overloaded"
        "The server is too busy to do this right now."
        "Try again after the time in Retry-After.";
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Implemented manually, because the derive does not see the names that the macro generates.
#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for ErrorCode {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("The code to branch on."))
            .enum_values(Some(Self::ALL.iter().map(|code| code.as_str())))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for ErrorCode {}

/// Path of the error catalogue in the dashboard. Each code is an anchor on that page.
pub const CATALOGUE_PATH: &str = "/dashboard/settings/developers/docs/errors";

/// An error in one field of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Name of the field, with dots and brackets for nested fields: `tags[2]`.
    pub field: String,
    /// Machine-readable type of the error.
    pub code: ErrorCode,
    /// Advice on correcting the field, as a sentence.
    pub message: String,
}

impl FieldError {
    /// Creates an error for `field`.
    pub fn new(field: &str, code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            code,
            message: message.into(),
        }
    }
}

/// Body of every error response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// URL of the error code's section in the documentation.
    #[serde(rename = "type")]
    pub type_url: String,
    /// Short summary of the error, the same for every occurrence of the code.
    pub title: String,
    /// HTTP status code of the response.
    pub status: u16,
    /// Advice on fixing the error.
    pub detail: String,
    /// Machine-readable error code, for use in programs.
    pub error: ErrorCode,
    /// Human-readable description of this occurrence.
    pub message: String,
    /// Identifier of the request, to include in support requests. Also in the `X-Request-Id`
    /// header.
    pub request_id: String,
    /// Seconds to wait before retrying, as in the `Retry-After` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// Scopes that the caller lacks. If one of several suffices, all are listed; see the
    /// documentation of the operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<crate::scope::Scope>>))]
    pub required_scope: Option<ScopeSet>,
    /// Name of the exceeded rate limit in the `RateLimit-Policy` header: `plan`, or the
    /// endpoint's own limit. Only for rate limit errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// Invalid fields of the request. Omitted if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_match_serde() {
        for (index, code) in ErrorCode::ALL.iter().enumerate() {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert_eq!(
                ErrorCode::ALL
                    .iter()
                    .position(|other| other.as_str() == code.as_str()),
                Some(index)
            );
            assert!((400..600).contains(&code.status()), "{code}");
        }
    }
}
