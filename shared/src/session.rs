//! Sign-in, sessions and passwords of dashboard users.

use crate::{
    error::{ErrorCode, FieldError},
    ids::{SessionId, TenantId, UserId},
    plan::Plan,
    role::Role,
    validate,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Minimum length of new passwords, in characters.
pub const PASSWORD_MIN_CHARS: usize = 12;
/// Maximum length of passwords, in bytes. It bounds the work of hashing.
pub const PASSWORD_MAX_BYTES: usize = 1024;

/// Request body of `POST /api/v1/auth/login`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// Email address of the account, compared case-insensitively.
    pub email: String,
    /// Password of the account.
    pub password: String,
}

/// Request body of `POST /api/v1/auth/sudo`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnterSudo {
    /// Password of the current user.
    pub password: String,
}

/// Request body of `POST /api/v1/auth/setup`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// One-time token from the link on the server's console.
    pub token: String,
    /// Name of the company, 1 to 100 characters.
    pub tenant_name: String,
    /// Name of the owner, 1 to 100 characters.
    pub name: String,
    /// Email address of the owner.
    pub email: String,
    /// Password of the owner, at least 12 characters.
    pub password: String,
}

impl SetUp {
    /// Validates all fields. Returns one error for each invalid field.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        validate::name(&mut errors, "tenant_name", &self.tenant_name, 1, 100);
        validate::name(&mut errors, "name", &self.name, 1, 100);
        validate::email(&mut errors, "email", &self.email);
        validate_password(&mut errors, "password", &self.password);
        validate::finish(errors)
    }
}

/// Validates the length of a new password. The server also rejects passwords that are easy to
/// guess.
pub fn validate_password(errors: &mut Vec<FieldError>, field: &str, password: &str) {
    let message = if password.len() > PASSWORD_MAX_BYTES {
        format!("Choose a password of at most {PASSWORD_MAX_BYTES} bytes.")
    } else if password.chars().count() < PASSWORD_MIN_CHARS {
        format!("Choose a password of at least {PASSWORD_MIN_CHARS} characters.")
    } else {
        return;
    };
    errors.push(FieldError::new(field, ErrorCode::InvalidField, message));
}

/// Request body of `POST /api/v1/auth/password`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// Current password of the user.
    pub current_password: String,
    /// New password, at least 12 characters.
    pub new_password: String,
}

impl ChangePassword {
    /// Validates both fields. Returns one error for each invalid field.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        if self.current_password.is_empty() {
            let message = "Enter your current password.";
            let error = FieldError::new("current_password", ErrorCode::InvalidField, message);
            errors.push(error);
        }
        validate_password(&mut errors, "new_password", &self.new_password);
        validate::finish(errors)
    }
}

/// Request body of `POST /api/v1/auth/password/check`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckPassword {
    /// New password to check, possibly incomplete.
    pub password: String,
}

/// Response to checking a password while it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordVerdict {
    /// Reason for rejecting the password; `null` if it is acceptable.
    pub problem: Option<String>,
}

/// A session of the current user, as listed by `GET /api/v1/auth/sessions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEntry {
    /// Identifier of the session. It does not authenticate.
    pub id: SessionId,
    /// `true` for the session that sent the request.
    pub current: bool,
    /// Browser and operating system, as in "Firefox on Linux".
    pub browser: String,
    /// Client IP address at sign-in.
    pub address: String,
    /// Time at which the user signed in.
    pub started_at: DateTime<Utc>,
    /// Time of the last request, accurate to five minutes.
    pub last_seen_at: DateTime<Utc>,
    /// Time at which the session ends, even if it is active.
    pub expires_at: DateTime<Utc>,
}

/// Response to ending several sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsEnded {
    /// Number of ended sessions.
    pub ended: u64,
}

/// The current session: the response to sign-in, set-up and `GET /api/v1/auth/session`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// User who is signed in.
    pub user: UserView,
    /// Company of the user.
    pub tenant: TenantView,
    /// Time until which dangerous actions do not require the password; `null` if they do already.
    pub sudo_expires_at: Option<DateTime<Utc>>,
    /// `true` for a demonstration with sample data.
    pub demo: bool,
    /// Client IP address as the server sees it.
    pub address: String,
}

/// A user of the dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserView {
    /// Identifier of the user, with the prefix `usr_`.
    pub id: UserId,
    /// Email address of the user.
    pub email: String,
    /// Name of the user.
    pub name: String,
    /// Role, which determines the user's permissions.
    pub role: Role,
}

/// The company that a user belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantView {
    /// Identifier of the tenant, with the prefix `ten_`.
    pub id: TenantId,
    /// Name of the company.
    pub name: String,
    /// Plan that the tenant has subscribed to.
    pub plan: Plan,
    /// `true` if users may create recoverable keys.
    pub allow_recoverable: bool,
}

/// Response of `POST /api/v1/auth/sudo`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SudoView {
    /// Time until which dangerous actions do not require the password.
    pub sudo_expires_at: DateTime<Utc>,
}
