//! The effect of a call on production data.

use shared::reference::Operation;
use shared::scope::Scope;

/// Effect of a call, besides reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SideEffect {
    /// Sends emails to recipients.
    SendsMail,
    Deletes,
    /// Creates or updates data.
    Changes,
}

impl SideEffect {
    /// Returns the effect of an operation. `None` if it only reads.
    pub fn of(operation: &Operation) -> Option<Self> {
        let mut scopes = operation.scopes.names().map(str::parse);
        let may_send = |scope| matches!(scope, Ok(Scope::EmailsSend | Scope::EmailsSendBulk));
        match operation.listed.method.as_str() {
            "GET" | "HEAD" => None,
            "DELETE" => Some(Self::Deletes),
            "POST" if scopes.any(may_send) => Some(Self::SendsMail),
            _ => Some(Self::Changes),
        }
    }

    /// Returns the title of the confirmation dialog.
    pub const fn title(self) -> &'static str {
        match self {
            Self::SendsMail => "This really sends",
            Self::Deletes => "This really deletes",
            Self::Changes => "This really changes data",
        }
    }

    /// Returns the warning of the confirmation dialog.
    pub const fn warning(self) -> &'static str {
        match self {
            Self::SendsMail => {
                "A production key uses your real data, and emails are sent to their recipients."
            }
            Self::Deletes => "This deletes real data of your account.",
            Self::Changes => "This changes real data of your account.",
        }
    }

    /// Returns the label of the confirmation button.
    pub const fn yes(self) -> &'static str {
        match self {
            Self::SendsMail | Self::Changes => "Send for real",
            Self::Deletes => "Delete for real",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::try_it_out::logic::test_operation;

    #[test]
    fn side_effects_follow_from_method_and_scopes() {
        let of = |method, scope| SideEffect::of(&test_operation(method, &[scope]));
        assert_eq!(of("GET", "contacts:read"), None);
        assert_eq!(of("POST", "emails:send"), Some(SideEffect::SendsMail));
        assert_eq!(of("POST", "emails:send_bulk"), Some(SideEffect::SendsMail));
        assert_eq!(of("POST", "campaigns:write"), Some(SideEffect::Changes));
        assert_eq!(of("PUT", "contacts:write"), Some(SideEffect::Changes));
        assert_eq!(of("DELETE", "contacts:delete"), Some(SideEffect::Deletes));
    }
}
