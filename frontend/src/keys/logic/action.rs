//! Actions on keys: their conditions, and their names in links and in the command palette.

use shared::key::KeyStatus;

/// An action on a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyAction {
    /// Change permissions, name, description, expiry or IP restrictions.
    Edit,
    /// Replace it by a new key.
    Rotate,
    /// Suspend it until it is enabled.
    Disable,
    Enable,
    /// Approve its pending permissions.
    Approve,
    /// Remove its unused permissions.
    Narrow,
    /// Disable it permanently.
    Revoke,
}

impl KeyAction {
    /// Returns the text of the button.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Edit => "Edit Permissions",
            Self::Rotate => "Rotate Key",
            Self::Disable => "Disable",
            Self::Enable => "Enable",
            Self::Approve => "Approve",
            Self::Narrow => "Remove",
            Self::Revoke => "Revoke Key",
        }
    }

    /// Returns the action's name in links and in the palette. `None` for actions that only a notice
    /// suggests.
    pub const fn verb(self) -> Option<&'static str> {
        match self {
            Self::Edit => Some("edit"),
            Self::Rotate => Some("rotate"),
            Self::Disable => Some("disable"),
            Self::Enable => Some("enable"),
            Self::Revoke => Some("revoke"),
            Self::Approve | Self::Narrow => None,
        }
    }

    /// Parses an action's name.
    pub fn of_verb(verb: &str) -> Option<Self> {
        let all = [
            Self::Edit,
            Self::Rotate,
            Self::Disable,
            Self::Enable,
            Self::Revoke,
        ];
        all.into_iter()
            .find(|action| action.verb().is_some_and(|v| v.eq_ignore_ascii_case(verb)))
    }

    /// Returns the actions that the server accepts in this status, in the order of the buttons.
    pub const fn possible(status: KeyStatus) -> &'static [Self] {
        match status {
            KeyStatus::Active => &[Self::Edit, Self::Rotate, Self::Disable, Self::Revoke],
            KeyStatus::Rotating => &[Self::Edit, Self::Disable, Self::Revoke],
            KeyStatus::Disabled => &[Self::Edit, Self::Enable, Self::Revoke],
            KeyStatus::Expired => &[Self::Edit, Self::Revoke],
            KeyStatus::Revoked => &[],
        }
    }
}

/// Splits `rotate billing app` into action and key. Without an action and a space after it, the
/// whole text is the key.
pub fn action_and_key(text: &str) -> (Option<KeyAction>, &str) {
    let text = text.trim_start();
    if let Some((verb, key)) = text.split_once(char::is_whitespace)
        && let Some(action) = KeyAction::of_verb(verb)
    {
        return (Some(action), key.trim());
    }
    (None, text.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::logic::query::STATUSES;

    #[test]
    fn a_verb_counts_once_there_is_a_space_after_it() {
        let rotate = Some(KeyAction::Rotate);
        assert_eq!(
            action_and_key("rotate billing app"),
            (rotate, "billing app")
        );
        assert_eq!(action_and_key("  Rotate "), (rotate, ""));
        assert_eq!(action_and_key("rotate"), (None, "rotate"));
        assert_eq!(action_and_key("rotated worker"), (None, "rotated worker"));
        assert_eq!(action_and_key("approve x"), (None, "approve x"));
    }

    #[test]
    fn every_button_of_a_card_can_be_asked_for() {
        for status in STATUSES {
            for action in KeyAction::possible(status) {
                let verb = action.verb().unwrap();
                assert_eq!(KeyAction::of_verb(verb), Some(*action));
            }
        }
    }

    #[test]
    fn what_is_over_stays_over() {
        assert!(KeyAction::possible(KeyStatus::Revoked).is_empty());
        for status in [KeyStatus::Rotating, KeyStatus::Expired, KeyStatus::Disabled] {
            assert!(!KeyAction::possible(status).contains(&KeyAction::Rotate));
        }
    }
}
