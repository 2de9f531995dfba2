//! Presets of the permission matrix.

use shared::{
    role::Role,
    scope::{DEFAULT_SCOPES, Scope, ScopeSet},
};

/// A preset of the permission matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// All read permissions.
    ReadOnly,
    /// All permissions that the user can grant.
    FullAccess,
    /// The email permissions only.
    EmailSending,
}

impl Preset {
    /// All presets, in the order of the buttons.
    pub const ALL: [Self; 3] = [Self::ReadOnly, Self::FullAccess, Self::EmailSending];

    /// Returns the text of the button.
    pub const fn label(self) -> &'static str {
        match self {
            Self::ReadOnly => "Read Only",
            Self::FullAccess => "Full Access",
            Self::EmailSending => "Email Sending",
        }
    }

    /// Presets that a link can select for a new key. Full access isn't one of them: dangerous
    /// permissions require a confirmation, which a link can't give.
    pub const TEMPLATES: [Self; 2] = [Self::EmailSending, Self::ReadOnly];

    /// Parses the template name of a link to the wizard.
    pub fn of_template(name: &str) -> Option<Self> {
        match name {
            "email-sending" => Some(Self::EmailSending),
            "read-only" => Some(Self::ReadOnly),
            _ => None,
        }
    }

    /// Returns the permissions that the preset checks for a user with `role`.
    pub fn scopes(self, role: Role) -> ScopeSet {
        let wanted = |scope: &Scope| match self {
            Self::ReadOnly => matches!(
                scope,
                Scope::CampaignsRead | Scope::ContactsRead | Scope::AnalyticsRead
            ),
            Self::FullAccess => true,
            Self::EmailSending => matches!(scope, Scope::EmailsSend | Scope::EmailsSendBulk),
        };
        Scope::ALL
            .into_iter()
            .filter(wanted)
            .filter(|scope| role.can_grant(*scope))
            .collect()
    }
}

/// Returns the permissions that are checked by default for a new key.
pub fn initial_scopes(role: Role) -> ScopeSet {
    DEFAULT_SCOPES
        .into_iter()
        .filter(|scope| role.can_grant(*scope))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_access_stays_within_the_role() {
        let everything = ScopeSet::of(&Scope::ALL);
        assert_eq!(Preset::FullAccess.scopes(Role::Owner), everything);
        let developer = Preset::FullAccess.scopes(Role::Developer);
        assert!(developer.contains(Scope::EmailsSendBulk));
        assert!(developer.iter().all(|scope| !scope.is_admin()));
    }

    #[test]
    fn no_template_is_dangerous() {
        for preset in Preset::TEMPLATES {
            let scopes = preset.scopes(Role::Owner);
            assert!(scopes.iter().all(|scope| !scope.is_admin()));
            let name = preset.label().to_lowercase().replace(' ', "-");
            assert_eq!(Preset::of_template(&name), Some(preset));
        }
        assert_eq!(Preset::of_template("full-access"), None);
    }

    #[test]
    fn the_other_presets() {
        assert_eq!(
            Preset::ReadOnly.scopes(Role::Developer).to_string(),
            "campaigns:read,contacts:read,analytics:read"
        );
        assert_eq!(
            Preset::EmailSending.scopes(Role::Owner).to_string(),
            "emails:send,emails:send_bulk"
        );
    }
}
