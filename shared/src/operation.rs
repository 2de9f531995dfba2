//! The route table: every operation of both APIs, who may call it and how often.
//!
//! One row drives the router's check, the OpenAPI document, the permission
//! matrix and the tests. A handler names its row in its signature, as
//! `Authorized<ListContacts>`, so a route without a row does not compile.

use crate::{
    key::Environment,
    role::Role,
    scope::{Scope, ScopeSet},
};

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone, signed in or not.
    Public,
    /// A signed-in user of any role.
    SignedIn,
    /// A signed-in user of at least `role`.
    Dashboard {
        /// The weakest role that may call it.
        role: Role,
    },
    /// A signed-in user of at least `role`, or an API key with `scopes`, as many of
    /// them as `need` says.
    DashboardOrKey {
        /// The weakest role that may call it.
        role: Role,
        /// The scopes that matter for a key.
        scopes: ScopeSet,
        /// Whether one of them is enough.
        need: Need,
    },
    /// An API key with `scopes`, as many of them as `need` says; any valid key if
    /// the set is empty.
    Key {
        /// The scopes that matter.
        scopes: ScopeSet,
        /// Whether one of them is enough.
        need: Need,
    },
}

/// How many of an operation's scopes a key needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// One of them.
    AnyOf,
    /// Every one of them.
    AllOf,
}

impl Need {
    /// Which of `scopes` would help a key that can do `held`: all of them if one is
    /// enough, the lacking ones if all are needed, and none if it has what it needs.
    pub const fn missing(self, scopes: ScopeSet, held: ScopeSet) -> ScopeSet {
        match self {
            Self::AnyOf if held.intersects(scopes) => ScopeSet::EMPTY,
            Self::AnyOf => scopes,
            Self::AllOf => scopes.minus(held),
        }
    }
}

/// Whether the password must have been entered again just before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sudo {
    /// No.
    NotNeeded,
    /// Yes, within the last 15 minutes. Calls by API key are exempt: a key has no password.
    Needed,
    /// Yes, within the last 5 minutes.
    Fresh,
    /// For some of its calls, as [`Self::Needed`]: the handler decides when it has
    /// seen what is asked for.
    Sometimes,
}

/// A limit that one endpoint has on top of the plan's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndpointLimit {
    /// Its name in the `RateLimit-Policy` header.
    pub name: &'static str,
    /// Requests a minute, and at once.
    pub per_minute: u32,
}

/// One row of the route table.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// The handler's name and the OpenAPI `operationId`.
    pub id: &'static str,
    /// HTTP method, in capitals.
    pub method: &'static str,
    /// Route template, with `{parameters}`.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// Whether it needs the password again.
    pub sudo: Sudo,
    /// Its own rate limit, if it has one.
    pub limit: Option<EndpointLimit>,
    /// The only environment whose keys may call it, if there is one: operations that
    /// concern the whole account need a live key.
    pub environment: Option<Environment>,
}

impl Operation {
    /// Whether it belongs to the public REST API, the part that the gateway guards.
    pub fn is_public_api(&self) -> bool {
        self.path.starts_with("/v1/")
    }

    /// Whether it belongs to the management API: what a key can do outside of `/v1`.
    pub const fn is_management_api(&self) -> bool {
        matches!(self.access, Access::DashboardOrKey { .. })
    }

    /// Method and path, as requests are counted by.
    pub fn route(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The scopes that a key needs for it, and how many of them; `None` if a key
    /// cannot call it at all.
    pub const fn scopes(&self) -> Option<(ScopeSet, Need)> {
        match self.access {
            Access::Key { scopes, need } | Access::DashboardOrKey { scopes, need, .. } => {
                Some((scopes, need))
            }
            Access::Public | Access::SignedIn | Access::Dashboard { .. } => None,
        }
    }
}

/// The operations for which `scope` counts.
pub fn opened_by(scope: Scope) -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().filter(move |operation| {
        operation
            .scopes()
            .is_some_and(|(scopes, _)| scopes.contains(scope))
    })
}

/// Whether a key that can do `held` sees what emails say. Others that may look emails up
/// see who got them, when, and what happened to them.
pub const fn sees_email_bodies(held: ScopeSet) -> bool {
    held.contains(Scope::EmailsSend)
}

/// Those of `granted` that can all be taken away without making any of the
/// operations impossible, or its answer poorer; the most powerful ones first.
pub fn unused(granted: ScopeSet, operations: &[&Operation]) -> ScopeSet {
    let saw_bodies = sees_email_bodies(granted.effective())
        && operations
            .iter()
            .any(|operation| operation.id == GetEmail::OPERATION.id);
    let suffices = |scopes: ScopeSet| {
        let held = scopes.effective();
        let opens_all = operations
            .iter()
            .filter_map(|operation| operation.scopes())
            .all(|(needed, need)| need.missing(needed, held).is_empty());
        opens_all && (!saw_bodies || sees_email_bodies(held))
    };
    let mut left = granted;
    let strongest_first: Vec<_> = granted.iter().collect();
    for scope in strongest_first.into_iter().rev() {
        if suffices(left.without(scope)) {
            left = left.without(scope);
        }
    }
    granted.minus(left)
}

/// A row of [`OPERATIONS`] as a type, for handler signatures.
pub trait Row: 'static {
    /// Its position in [`OPERATIONS`].
    const INDEX: usize;
    /// The row itself.
    const OPERATION: &'static Operation = &OPERATIONS[Self::INDEX];
}

const fn dashboard(role: Role) -> Access {
    Access::Dashboard { role }
}

const fn key(scopes: &[Scope]) -> Access {
    Access::Key {
        scopes: ScopeSet::of(scopes),
        need: Need::AnyOf,
    }
}

const fn key_with_all(scopes: &[Scope]) -> Access {
    Access::Key {
        scopes: ScopeSet::of(scopes),
        need: Need::AllOf,
    }
}

const fn dashboard_or_key(role: Role, scopes: &[Scope]) -> Access {
    Access::DashboardOrKey {
        role,
        scopes: ScopeSet::of(scopes),
        need: Need::AnyOf,
    }
}

const fn dashboard_or_key_with_all(role: Role, scopes: &[Scope]) -> Access {
    Access::DashboardOrKey {
        role,
        scopes: ScopeSet::of(scopes),
        need: Need::AllOf,
    }
}

/// Builds [`OPERATIONS`] and a [`Row`] type for each of its rows.
macro_rules! operations {
    ($($(#[$doc:meta])* $row:ident $id:ident $method:ident $path:literal $access:expr
        $(, sudo $sudo:ident)? $(, limit $name:literal $per_minute:literal)?
        $(, environment $environment:ident)?;)*) => {
        /// Every operation of both APIs.
        pub const OPERATIONS: &[Operation] = &[$(Operation {
            id: stringify!($id),
            method: stringify!($method),
            path: $path,
            access: $access,
            sudo: operations!(@sudo $($sudo)?),
            limit: operations!(@limit $($name $per_minute)?),
            environment: operations!(@environment $($environment)?),
        }),*];

        #[expect(non_camel_case_types, reason = "positions are named after the handlers")]
        enum Position { $($id),* }

        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $row;
            impl Row for $row {
                const INDEX: usize = Position::$id as usize;
            }
        )*
    };
    (@sudo) => { Sudo::NotNeeded };
    (@sudo $sudo:ident) => { Sudo::$sudo };
    (@environment) => { None };
    (@environment $environment:ident) => { Some(Environment::$environment) };
    (@limit) => { None };
    (@limit $name:literal $per_minute:literal) => {
        Some(EndpointLimit { name: $name, per_minute: $per_minute })
    };
}

operations! {
    /// Sign in.
    Login login POST "/api/v1/auth/login" Access::Public;
    /// Sign out.
    Logout logout POST "/api/v1/auth/logout" Access::SignedIn;
    /// Who is signed in.
    GetSession get_session GET "/api/v1/auth/session" Access::SignedIn;
    /// Enter the password again.
    EnterSudo enter_sudo POST "/api/v1/auth/sudo" Access::SignedIn;
    /// Change the caller's own password.
    ChangePassword change_password POST "/api/v1/auth/password" Access::SignedIn;
    /// Rate a new password for the caller.
    CheckPassword check_password POST "/api/v1/auth/password/check" Access::SignedIn;
    /// List the caller's own sessions.
    ListSessions list_sessions GET "/api/v1/auth/sessions" Access::SignedIn;
    /// End one of the caller's own sessions.
    EndSession end_session DELETE "/api/v1/auth/sessions/{id}" Access::SignedIn, sudo Needed;
    /// End the caller's own sessions, except the one that asks.
    EndOtherSessions end_other_sessions POST "/api/v1/auth/sessions/end-others"
        Access::SignedIn, sudo Needed;
    /// Create the first tenant and its owner, with the link from the console.
    SetUp set_up POST "/api/v1/auth/setup" Access::Public;
    /// Rate the password of a set-up form, with the same link.
    CheckSetUpPassword check_set_up_password POST "/api/v1/auth/setup/check-password"
        Access::Public;

    /// List the tenant's keys.
    ListApiKeys list_api_keys GET "/api/v1/platform/api-keys"
        dashboard_or_key(Role::Developer, &[Scope::AdminKeys]);
    /// Create a key.
    CreateApiKey create_api_key POST "/api/v1/platform/api-keys"
        dashboard_or_key(Role::Developer, &[Scope::AdminKeys]), sudo Needed;
    /// Get one key.
    GetApiKey get_api_key GET "/api/v1/platform/api-keys/{id}"
        dashboard_or_key(Role::Developer, &[Scope::AdminKeys]);
    /// Revoke a key.
    RevokeApiKey revoke_api_key DELETE "/api/v1/platform/api-keys/{id}"
        dashboard_or_key(Role::Developer, &[Scope::AdminKeys]), sudo Needed;

    /// Change a key's name, description, scopes, expiry or addresses.
    UpdateApiKey update_api_key PATCH "/api/v1/platform/api-keys/{id}"
        dashboard_or_key(Role::Developer, &[Scope::AdminKeys]), sudo Sometimes;
    /// Replace a key by a new one.
    RotateApiKey rotate_api_key POST "/api/v1/platform/api-keys/{id}/rotate"
        dashboard_or_key(Role::Developer, &[Scope::AdminKeys]), sudo Needed;
    /// Switch a key off.
    DisableApiKey disable_api_key POST "/api/v1/platform/api-keys/{id}/disable"
        dashboard(Role::Developer);
    /// Switch a key on again.
    EnableApiKey enable_api_key POST "/api/v1/platform/api-keys/{id}/enable"
        dashboard(Role::Developer), sudo Needed;
    /// Let a key send in bulk.
    ApproveApiKey approve_api_key POST "/api/v1/platform/api-keys/{id}/approve"
        dashboard(Role::Admin), sudo Needed;
    /// See a recoverable key again.
    RevealApiKey reveal_api_key POST "/api/v1/platform/api-keys/{id}/reveal"
        dashboard(Role::Developer), sudo Fresh;
    /// Get a short-lived token that stands in for a key.
    CreatePlaygroundToken create_playground_token POST
        "/api/v1/platform/api-keys/{id}/playground-token"
        dashboard(Role::Developer), sudo Sometimes;

    /// The plan and its limits.
    GetPlan get_plan GET "/api/v1/tenant/plan"
        dashboard_or_key(Role::Developer, &[Scope::AdminBilling]), environment Live;
    /// Change the plan.
    ChangePlan change_plan PUT "/api/v1/tenant/plan"
        dashboard_or_key(Role::Admin, &[Scope::AdminBilling]), sudo Needed, environment Live;
    /// How much there is of what the plan limits.
    GetQuotas get_quotas GET "/api/v1/tenant/quotas"
        dashboard_or_key(Role::Developer, &[Scope::AdminBilling]), environment Live;
    /// Who did what.
    ListAuditLog list_audit_log GET "/api/v1/tenant/audit-log"
        dashboard_or_key(Role::Developer, &[Scope::AdminFull]), environment Live;
    /// The state of the rate limits.
    GetRateLimit get_rate_limit GET "/api/v1/tenant/rate-limit"
        dashboard_or_key(Role::Developer, &[Scope::AnalyticsRead]);
    /// How the API was used.
    GetApiUsage get_api_usage GET "/api/v1/tenant/analytics/api-usage"
        dashboard_or_key(Role::Developer, &[Scope::AnalyticsRead]);
    /// The failed requests as a file.
    ExportErrors export_errors GET "/api/v1/tenant/analytics/api-usage/errors.csv"
        dashboard_or_key_with_all(
            Role::Developer,
            &[Scope::AnalyticsRead, Scope::AnalyticsExport],
        );
    /// One request and what became of it.
    GetRequest get_request GET "/api/v1/tenant/requests/{request_id}"
        dashboard_or_key(Role::Developer, &[Scope::AnalyticsRead]);
    /// Live events for the dashboard.
    StreamLive stream_live GET "/api/v1/tenant/live" dashboard(Role::Developer);

    /// The key that asks: a connection test.
    Whoami whoami GET "/v1/whoami" key(&[]);
    /// List contacts.
    ListContacts list_contacts GET "/v1/contacts" key(&[Scope::ContactsRead]);
    /// Add or update a contact.
    UpsertContact upsert_contact POST "/v1/contacts" key(&[Scope::ContactsWrite]);

    /// Send one mail.
    SendEmail send_email POST "/v1/emails/send" key(&[Scope::EmailsSend]), limit "send" 60;
    /// List mails.
    ListEmails list_emails GET "/v1/emails" key(&[Scope::EmailsSend, Scope::AnalyticsRead]);
    /// One mail and what became of it.
    GetEmail get_email GET "/v1/emails/{id}" key(&[Scope::EmailsSend, Scope::AnalyticsRead]);
    /// List templates.
    ListTemplates list_templates GET "/v1/templates" key(&[Scope::CampaignsRead]);
    /// One template.
    GetTemplate get_template GET "/v1/templates/{id}" key(&[Scope::CampaignsRead]);
    /// Create or replace a template.
    PutTemplate put_template PUT "/v1/templates/{id}" key(&[Scope::CampaignsWrite]);
    /// Delete a template.
    DeleteTemplate delete_template DELETE "/v1/templates/{id}" key(&[Scope::CampaignsDelete]);
    /// What became of the mails.
    GetEmailAnalytics get_email_analytics GET "/v1/analytics/emails" key(&[Scope::AnalyticsRead]);

    /// List campaigns.
    ListCampaigns list_campaigns GET "/v1/campaigns" key(&[Scope::CampaignsRead]);
    /// Create a campaign.
    CreateCampaign create_campaign POST "/v1/campaigns" key(&[Scope::CampaignsWrite]);
    /// Get one campaign.
    GetCampaign get_campaign GET "/v1/campaigns/{id}" key(&[Scope::CampaignsRead]);
    /// Replace a campaign that is still a draft.
    ReplaceCampaign replace_campaign PUT "/v1/campaigns/{id}" key(&[Scope::CampaignsWrite]);
    /// Delete a campaign.
    DeleteCampaign delete_campaign DELETE "/v1/campaigns/{id}" key(&[Scope::CampaignsDelete]);
    /// Start or resume a campaign.
    StartCampaign start_campaign POST "/v1/campaigns/{id}/start"
        key_with_all(&[Scope::EmailsSendBulk, Scope::CampaignsWrite]);
    /// Pause a campaign.
    PauseCampaign pause_campaign POST "/v1/campaigns/{id}/pause" key(&[Scope::CampaignsWrite]);
    /// What became of a campaign.
    GetCampaignAnalytics get_campaign_analytics GET "/v1/analytics/campaigns/{id}"
        key(&[Scope::AnalyticsRead]);
    /// Get one contact.
    GetContact get_contact GET "/v1/contacts/{id}" key(&[Scope::ContactsRead]);
    /// Replace a contact.
    ReplaceContact replace_contact PUT "/v1/contacts/{id}" key(&[Scope::ContactsWrite]);
    /// Delete a contact.
    DeleteContact delete_contact DELETE "/v1/contacts/{id}" key(&[Scope::ContactsDelete]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_unique_and_know_their_place() {
        for (index, row) in OPERATIONS.iter().enumerate() {
            let same = |other: &Operation| {
                other.id == row.id || (other.method, other.path) == (row.method, row.path)
            };
            assert_eq!(
                OPERATIONS.iter().position(same),
                Some(index),
                "{} stands twice",
                row.id
            );
        }
        assert_eq!(ListContacts::OPERATION.id, "list_contacts");
    }

    #[test]
    fn the_public_api_is_for_keys_only() {
        for row in OPERATIONS.iter().filter(|row| row.is_public_api()) {
            assert!(matches!(row.access, Access::Key { .. }), "{}", row.id);
        }
    }

    #[test]
    fn unused_scopes_can_all_go_at_once() {
        let granted = ScopeSet::of(&[
            Scope::ContactsRead,
            Scope::ContactsWrite,
            Scope::AnalyticsRead,
            Scope::AdminFull,
        ]);
        let of = |rows: &[&Operation]| unused(granted, rows);
        let reads: &[&Operation] = &[ListContacts::OPERATION, Whoami::OPERATION];
        assert_eq!(of(reads), granted.without(Scope::ContactsRead));
        let writes: &[&Operation] = &[ListContacts::OPERATION, UpsertContact::OPERATION];
        assert_eq!(of(writes), granted.without(Scope::ContactsWrite));
        assert_eq!(of(&[]), granted);
        // Either scope opens it, but only one shows the bodies.
        let granted = ScopeSet::of(&[Scope::AnalyticsRead, Scope::EmailsSend]);
        let reads_bodies = unused(granted, &[GetEmail::OPERATION]);
        assert_eq!(reads_bodies, ScopeSet::of(&[Scope::AnalyticsRead]));
        let lists = unused(granted, &[ListEmails::OPERATION]);
        assert_eq!(lists, ScopeSet::of(&[Scope::EmailsSend]));
    }

    #[test]
    fn every_scope_opens_something() {
        for scope in Scope::ALL {
            // Full access opens everything by what it implies.
            let opens = opened_by(scope).count() > 0 || scope == Scope::AdminFull;
            assert!(opens, "{scope}");
        }
    }

    #[test]
    fn need_says_what_is_missing() {
        let both = ScopeSet::of(&[Scope::EmailsSendBulk, Scope::CampaignsWrite]);
        let one = ScopeSet::of(&[Scope::CampaignsWrite]);
        assert_eq!(Need::AnyOf.missing(both, one), ScopeSet::EMPTY);
        assert_eq!(Need::AnyOf.missing(both, ScopeSet::EMPTY), both);
        assert_eq!(Need::AnyOf.missing(ScopeSet::EMPTY, one), ScopeSet::EMPTY);
        assert_eq!(Need::AllOf.missing(both, one), both.minus(one));
        assert_eq!(Need::AllOf.missing(both, both), ScopeSet::EMPTY);
    }
}
