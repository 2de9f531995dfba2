//! The audit log: actions on keys, users, sessions and the tenant, with their actors.

use crate::ids::AuditId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Declares [`Action`] and the name of each action.
macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident $name:literal;)*) => {
        /// Type of an action in the audit log.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Action {
            $($(#[$doc])* #[serde(rename = $name)] $action,)*
        }

        impl Action {
            /// Every action, in declaration order.
            pub const ALL: &[Self] = &[$(Self::$action),*];

            /// Returns the name used in JSON and the database: `subject.verb`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$action => $name,)* }
            }
        }
    };
}

actions! {
    /// A key was created.
    KeyCreated "key.created";
    /// A key's name, description, scopes, expiry or IP allowlist was changed.
    KeyUpdated "key.updated";
    /// A key was replaced by a new one.
    KeyRotated "key.rotated";
    /// A key was disabled.
    KeyDisabled "key.disabled";
    /// A key was enabled again.
    KeyEnabled "key.enabled";
    /// A key was revoked.
    KeyRevoked "key.revoked";
    /// A recoverable key was revealed.
    KeyRevealed "key.revealed";
    /// A key's bulk sending was approved.
    KeyApproved "key.approved";
    /// A playground token for a key was issued.
    KeyPlaygroundToken "key.playground_token";
    /// A key was used from an IP address that its allowlist excludes. Recorded once an hour for
    /// each key and network.
    KeyAddressRefused "key.address_refused";
    /// A user signed in.
    SessionStarted "session.started";
    /// A user signed out.
    SessionEnded "session.ended";
    /// A user confirmed the password for dangerous actions.
    SessionSudo "session.sudo";
    /// A sign-in failed. Recorded once an hour for each user, network and reason, and again with
    /// the number of repetitions at the end of the hour. The same applies to the next two
    /// actions.
    LoginFailed "session.login_failed";
    /// A signed-in user entered a wrong password.
    SudoFailed "session.sudo_failed";
    /// A dashboard request was refused because of the user's role or rights, or because it came
    /// from another site.
    CallRefused "session.call_refused";
    /// A user account was created.
    UserCreated "user.created";
    /// A user changed the password, or the operator set a new one.
    UserPasswordChanged "user.password_changed";
    /// A user's role was changed.
    UserRoleChanged "user.role_changed";
    /// A user was disabled and can no longer sign in.
    UserDisabled "user.disabled";
    /// A disabled user was enabled again.
    UserEnabled "user.enabled";
    /// Several sessions of a user were ended at once.
    UserSessionsEnded "user.sessions_ended";
    /// The tenant's plan was changed.
    PlanChanged "plan.changed";
    /// The operator overrode the tenant's rate limits.
    LimitsChanged "limits.changed";
    /// The operator overrode the tenant's quotas.
    QuotaChanged "quota.changed";
    /// The tenant's default sender or sender domains were changed.
    SenderChanged "sender.changed";
    /// A policy of the tenant was changed.
    PolicyChanged "policy.changed";
    /// The operator stopped a campaign permanently.
    CampaignStopped "campaign.stopped";
}

/// Implemented manually, because the derive does not see the names that the macro generates.
#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Action {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("Action, as `subject.verb`."))
            .enum_values(Some(Self::ALL.iter().map(|action| action.as_str())))
            .build()
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Action {}

/// Type of actor in the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ActorKind {
    /// A user of the dashboard.
    User,
    /// An application with an API key.
    Key,
    /// The operator, on the server's command line.
    Operator,
    /// A client that is not signed in.
    Anonymous,
}

impl ActorKind {
    /// Every type of actor.
    pub const ALL: [Self; 4] = [Self::User, Self::Key, Self::Operator, Self::Anonymous];

    /// Returns the value used in JSON and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Key => "key",
            Self::Operator => "operator",
            Self::Anonymous => "anonymous",
        }
    }
}

/// User, key or operator that performed an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Actor {
    /// Type of actor: user, key, operator or anonymous.
    #[serde(rename = "type")]
    pub kind: ActorKind,
    /// Identifier of the user or key; empty for other actors.
    pub id: String,
    /// Email address of the user. For a key, of the user at the start of its chain of creators.
    /// Empty for anonymous actors.
    pub email: String,
    /// Client IP address of the request; empty for the operator.
    pub address: String,
}

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Identifier of the entry, with the prefix `aud_`.
    pub id: AuditId,
    /// Time at which the action happened.
    pub at: DateTime<Utc>,
    /// User, key or operator that performed the action.
    pub actor: Actor,
    /// Type of action, as `subject.verb`.
    pub action: Action,
    /// Identifier of the affected key, user, session, campaign or tenant.
    pub subject_id: String,
    /// Changed values before the action; `null` if there were none.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub before: Option<Map<String, Value>>,
    /// Changed values after the action, without secrets; `null` if there are none.
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
