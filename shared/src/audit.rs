//! The audit log: who did what, from where, and what it changed.

use crate::ids::AuditId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Declares [`Action`] with the name of each.
macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident $name:literal;)*) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum Action {
            $($(#[$doc])* #[serde(rename = $name)] $action,)*
        }

        impl Action {
            /// Every action.
            pub const ALL: &[Self] = &[$(Self::$action),*];

            /// The action as it is stored and sent: `subject.verb`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$action => $name,)* }
            }
        }
    };
}

actions! {
    /// A key was created.
    KeyCreated "key.created";
    /// A key's name, description, scopes, expiry or addresses were changed.
    KeyUpdated "key.updated";
    /// A key was replaced by a new one.
    KeyRotated "key.rotated";
    /// A key was switched off.
    KeyDisabled "key.disabled";
    /// A key was switched on again.
    KeyEnabled "key.enabled";
    /// A key was revoked.
    KeyRevoked "key.revoked";
    /// A recoverable key was shown again.
    KeyRevealed "key.revealed";
    /// A key was allowed to send in bulk.
    KeyApproved "key.approved";
    /// A token that stands in for a key was handed out.
    KeyPlaygroundToken "key.playground_token";
    /// A key was used from an address that is not on its list. Written once an
    /// hour for each key and address.
    KeyAddressRefused "key.address_refused";
    /// Somebody signed in.
    SessionStarted "session.started";
    /// Somebody signed out.
    SessionEnded "session.ended";
    /// Somebody entered his password again.
    SessionSudo "session.sudo";
    /// A sign-in was refused. Written once an hour for each user, network and reason, and
    /// again with the number of repeats when the hour has ended; so are the next two.
    LoginFailed "session.login_failed";
    /// A signed-in user entered a wrong password.
    SudoFailed "session.sudo_failed";
    /// A call of the dashboard was refused: the user's role or rights do not allow it, or
    /// it came from another site.
    CallRefused "session.call_refused";
    /// Somebody was given an account.
    UserCreated "user.created";
    /// A user changed the password, or the operator set a new one.
    UserPasswordChanged "user.password_changed";
    /// A user was given another role.
    UserRoleChanged "user.role_changed";
    /// A user was barred from signing in.
    UserDisabled "user.disabled";
    /// A disabled user was allowed to sign in again.
    UserEnabled "user.enabled";
    /// Several sessions of a user were ended at once.
    UserSessionsEnded "user.sessions_ended";
    /// The tenant was moved to another plan.
    PlanChanged "plan.changed";
    /// The tenant was given limits of its own.
    LimitsChanged "limits.changed";
    /// The tenant was given quotas of its own.
    QuotaChanged "quota.changed";
    /// The tenant was told who its mails come from.
    SenderChanged "sender.changed";
    /// What the tenant allows was changed.
    PolicyChanged "policy.changed";
    /// The operator stopped a campaign for good.
    CampaignStopped "campaign.stopped";
}

/// What kind of actor did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ActorKind {
    /// A person in the dashboard.
    User,
    /// A program with an API key.
    Key,
    /// The operator, on the command line of the server.
    Operator,
    /// Someone who is not signed in.
    Anonymous,
}

impl ActorKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::User, Self::Key, Self::Operator, Self::Anonymous];

    /// The kind as it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Key => "key",
            Self::Operator => "operator",
            Self::Anonymous => "anonymous",
        }
    }
}

/// Who did it, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Actor {
    /// What kind of actor.
    #[serde(rename = "type")]
    pub kind: ActorKind,
    /// The user's or key's identifier; empty for all others.
    pub id: String,
    /// The user's e-mail address; for a key, that of the user it goes back to; empty if
    /// anonymous.
    pub email: String,
    /// IP address; empty for the operator.
    pub address: String,
}

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Identifier.
    pub id: AuditId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Actor,
    /// What.
    pub action: Action,
    /// On what: the identifier of a key, user, session or tenant.
    pub subject_id: String,
    /// What the action changed, as it was; `null` if there was nothing.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub before: Option<Map<String, Value>>,
    /// What the action changed, as it is since then; never a secret.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub after: Option<Map<String, Value>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_serde() {
        for action in Action::ALL {
            assert_eq!(serde_json::to_value(action).unwrap(), action.as_str());
        }
        for kind in ActorKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
