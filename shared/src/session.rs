//! Signing in, and who is signed in.

use crate::{
    error::{ErrorCode, FieldError},
    ids::{SessionId, TenantId, UserId},
    plan::Plan,
    role::Role,
    validate,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The shortest password that a new account may have, in characters.
pub const PASSWORD_MIN_CHARS: usize = 12;
/// The longest password, in bytes; a limit on hashing work, not on taste.
pub const PASSWORD_MAX_BYTES: usize = 1024;

/// `POST /api/v1/auth/login`
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The account's e-mail address; upper and lower case are the same.
    pub email: String,
    /// The account's password.
    pub password: String,
}

/// `POST /api/v1/auth/sudo`
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnterSudo {
    /// The signed-in user's password.
    pub password: String,
}

/// `POST /api/v1/auth/setup`
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// The one-time token from the link on the server's console.
    pub token: String,
    /// The company's name.
    pub tenant_name: String,
    /// The owner's name.
    pub name: String,
    /// The owner's e-mail address.
    pub email: String,
    /// The owner's password.
    pub password: String,
}

impl SetUp {
    /// What is wrong with the form, field by field.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        validate::name(&mut errors, "tenant_name", &self.tenant_name, 1, 100);
        validate::name(&mut errors, "name", &self.name, 1, 100);
        validate::email(&mut errors, "email", &self.email);
        validate_password(&mut errors, "password", &self.password);
        validate::finish(errors)
    }
}

/// Checks the length of a password that someone is about to choose. The server also
/// refuses passwords that are easy to guess.
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

/// `POST /api/v1/auth/password`
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The password until now.
    pub current_password: String,
    /// The password from now on.
    pub new_password: String,
}

impl ChangePassword {
    /// What is wrong with the form, field by field.
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

/// `POST /api/v1/auth/password/check`
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckPassword {
    /// The password that the user is about to choose.
    pub password: String,
}

/// The answer to checks of a password that is still being typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordVerdict {
    /// Why the password would be refused; `null` if it would be accepted.
    pub problem: Option<String>,
}

/// One of the user's own sessions, as `GET /api/v1/auth/sessions` lists them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEntry {
    /// Identifier, for ending the session. It gives no access.
    pub id: SessionId,
    /// The session that asks.
    pub current: bool,
    /// Browser and operating system in words: "Firefox on Linux".
    pub browser: String,
    /// IP address that the user signed in from.
    pub address: String,
    /// Time of signing in.
    pub started_at: DateTime<Utc>,
    /// Time of the last request, up to five minutes old.
    pub last_seen_at: DateTime<Utc>,
    /// Time at which the session ends even if it is used.
    pub expires_at: DateTime<Utc>,
}

/// The answer to what ends several sessions at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsEnded {
    /// Number of sessions that were ended.
    pub ended: u64,
}

/// Who is signed in: the answer to login, set-up and `GET /api/v1/auth/session`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// The user.
    pub user: UserView,
    /// The user's company.
    pub tenant: TenantView,
    /// Until when dangerous actions need no password; `null` if they do now.
    pub sudo_expires_at: Option<DateTime<Utc>>,
    /// Whether this is a demonstration with made-up data.
    pub demo: bool,
    /// The address that the server sees the browser at.
    pub address: String,
}

/// A user of the dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserView {
    /// Identifier.
    pub id: UserId,
    /// E-mail address.
    pub email: String,
    /// Name.
    pub name: String,
    /// What the user may do.
    pub role: Role,
}

/// A company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantView {
    /// Identifier.
    pub id: TenantId,
    /// Name.
    pub name: String,
    /// What it pays for.
    pub plan: Plan,
    /// Whether new keys may be recoverable.
    pub allow_recoverable: bool,
}

/// The answer to `POST /api/v1/auth/sudo`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SudoView {
    /// Until when dangerous actions need no password.
    pub sudo_expires_at: DateTime<Utc>,
}
