//! The effect of a call on production data.

use crate::docs::openapi::Operation;
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
        match operation.method.as_str() {
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
    use crate::docs::openapi::Document;

    #[test]
    fn consequences_follow_from_method_and_permissions() {
        let text = include_str!("../../../../docs/openapi.json");
        let document = Document::read(serde_json::from_str(text).unwrap()).unwrap();
        let of = |id: &str| {
            let mut operations = document.operations.iter();
            SideEffect::of(operations.find(|it| it.id == id).unwrap())
        };
        assert_eq!(of("list_contacts"), None);
        assert_eq!(of("send_email"), Some(SideEffect::SendsMail));
        assert_eq!(of("start_campaign"), Some(SideEffect::SendsMail));
        assert_eq!(of("pause_campaign"), Some(SideEffect::Changes));
        assert_eq!(of("replace_contact"), Some(SideEffect::Changes));
        assert_eq!(of("delete_contact"), Some(SideEffect::Deletes));
    }
}
