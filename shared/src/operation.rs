//! The route table: every operation of both APIs, with its access rules and limits.
//!
//! A row drives the router, authorization, the OpenAPI document, the dashboard's client, the
//! permission matrix and the tests. A handler names its row in its signature, as in
//! `Authorized<ListContacts>`, so a route without a row does not compile, and neither does a row
//! without a handler.

use crate::{
    key::Environment,
    role::Role,
    scope::{Scope, ScopeSet},
};

/// Access rule of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone, signed in or not.
    Public,
    /// Signed-in users of any role.
    SignedIn,
    /// Signed-in users with at least `role`.
    Dashboard {
        /// Least privileged role that may call the operation.
        role: Role,
    },
    /// Signed-in users with at least `role`, and API keys whose scopes meet the requirement.
    DashboardOrKey {
        /// Least privileged role that may call the operation.
        role: Role,
        /// Scopes that authorize an API key.
        scopes: ScopeRequirement,
    },
    /// API keys whose scopes meet the requirement.
    Key {
        /// Scopes that authorize an API key.
        scopes: ScopeRequirement,
    },
}

/// The scopes that a key needs for an operation: all of one set, and at least one of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScopeRequirement {
    /// Scopes that are all needed.
    pub all_of: ScopeSet,
    /// Scopes of which at least one is needed; no further requirement if empty.
    pub any_of: ScopeSet,
}

impl ScopeRequirement {
    /// Returns all scopes that the requirement mentions.
    pub const fn mentioned(self) -> ScopeSet {
        self.all_of.union(self.any_of)
    }

    /// Returns `true` if every valid key meets the requirement.
    pub const fn is_empty(self) -> bool {
        self.mentioned().is_empty()
    }

    /// Returns the scopes to add to a key whose effective scopes are `held`: the missing ones of
    /// `all_of`, and all of `any_of` unless it has one of them. Empty if access is granted.
    pub const fn missing(self, held: ScopeSet) -> ScopeSet {
        let all_of = self.all_of.minus(held);
        if held.intersects(self.any_of) {
            all_of
        } else {
            all_of.union(self.any_of)
        }
    }
}

/// Requirement to have entered the password recently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sudo {
    /// No recent password entry is required.
    NotNeeded,
    /// The password must have been entered within the last 15 minutes. API keys are exempt: they
    /// have no password.
    Needed,
    /// The password must have been entered within the last 5 minutes.
    Fresh,
    /// Like [`Self::Needed`] for some requests: the handler decides after parsing the request.
    Sometimes,
}

/// Rate limit of an endpoint, in addition to the plan's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndpointLimit {
    /// Name in the `RateLimit-Policy` header.
    pub name: &'static str,
    /// Requests per minute. Also the maximum burst.
    pub per_minute: u32,
}

/// A row of the route table.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// Name of the handler and `operationId` in the OpenAPI document.
    pub id: &'static str,
    /// HTTP method in upper case.
    pub method: &'static str,
    /// Route template, with parameters like `{id}`.
    pub path: &'static str,
    /// Access rule of the operation.
    pub access: Access,
    /// Requirement to have entered the password recently.
    pub sudo: Sudo,
    /// Rate limit of the operation itself; `None` if only the plan's applies.
    pub limit: Option<EndpointLimit>,
    /// Only environment whose keys may call the operation; `None` for both. Operations on the
    /// whole account require a live key.
    pub environment: Option<Environment>,
}

impl Operation {
    /// Returns `true` for operations of the public REST API, which the gateway protects.
    pub fn is_public_api(&self) -> bool {
        self.path.starts_with("/v1/")
    }

    /// Returns `true` for operations of the management API, which keys can call outside of `/v1`.
    pub const fn is_management_api(&self) -> bool {
        matches!(self.access, Access::DashboardOrKey { .. })
    }

    /// Returns method and path, the key under which requests are counted.
    pub fn route(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Returns the scopes that a key needs; `None` if keys cannot call the operation.
    pub const fn scopes(&self) -> Option<ScopeRequirement> {
        match self.access {
            Access::Key { scopes } | Access::DashboardOrKey { scopes, .. } => Some(scopes),
            Access::Public | Access::SignedIn | Access::Dashboard { .. } => None,
        }
    }
}

/// Returns the operations that `scope` authorizes, alone or together with other scopes.
pub fn opened_by(scope: Scope) -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().filter(move |operation| {
        operation
            .scopes()
            .is_some_and(|scopes| scopes.mentioned().contains(scope))
    })
}

/// Returns `true` if the effective scopes `held` give access to the content of emails. Other keys
/// that can read emails see recipients, times and events only.
pub const fn sees_email_bodies(held: ScopeSet) -> bool {
    held.contains(Scope::EmailsSend)
}

/// Returns the scopes that can be removed from `granted` together without losing access to one of
/// `operations` or to parts of its response. More privileged scopes are removed first.
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
            .all(|scopes| scopes.missing(held).is_empty());
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
    /// Index of the row in [`OPERATIONS`].
    const INDEX: usize;
    /// Row of the route table.
    const OPERATION: &'static Operation = &OPERATIONS[Self::INDEX];
}

const fn dashboard(role: Role) -> Access {
    Access::Dashboard { role }
}

const fn key(scopes: ScopeRequirement) -> Access {
    Access::Key { scopes }
}

const fn dashboard_or_key(role: Role, scopes: ScopeRequirement) -> Access {
    Access::DashboardOrKey { role, scopes }
}

const fn any_of(scopes: &[Scope]) -> ScopeRequirement {
    ScopeRequirement {
        all_of: ScopeSet::EMPTY,
        any_of: ScopeSet::of(scopes),
    }
}

const fn all_of(scopes: &[Scope]) -> ScopeRequirement {
    ScopeRequirement {
        all_of: ScopeSet::of(scopes),
        any_of: ScopeSet::EMPTY,
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

        /// Calls a macro with the names of all [`Row`] types, in the order of [`OPERATIONS`].
        #[macro_export]
        macro_rules! for_each_operation {
            ($callback:ident) => {
                $callback! { $($row)* }
            };
        }
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
    /// Signs a user in.
    Login login POST "/api/v1/auth/login" Access::Public;
    /// Signs the current user out.
    Logout logout POST "/api/v1/auth/logout" Access::SignedIn;
    /// Returns the current session.
    GetSession get_session GET "/api/v1/auth/session" Access::SignedIn;
    /// Confirms the password for dangerous actions ("sudo").
    EnterSudo enter_sudo POST "/api/v1/auth/sudo" Access::SignedIn;
    /// Changes the current user's password.
    ChangePassword change_password POST "/api/v1/auth/password" Access::SignedIn;
    /// Checks a new password for the current user.
    CheckPassword check_password POST "/api/v1/auth/password/check" Access::SignedIn;
    /// Lists the current user's sessions.
    ListSessions list_sessions GET "/api/v1/auth/sessions" Access::SignedIn;
    /// Ends a session of the current user.
    EndSession end_session DELETE "/api/v1/auth/sessions/{id}" Access::SignedIn, sudo Needed;
    /// Ends all sessions of the current user except the calling one.
    EndOtherSessions end_other_sessions POST "/api/v1/auth/sessions/end-others"
        Access::SignedIn, sudo Needed;
    /// Creates the first tenant and its owner. Requires the token from the server's console.
    SetUp set_up POST "/api/v1/auth/setup" Access::Public;
    /// Checks the password in the set-up form. Requires the same token.
    CheckSetUpPassword check_set_up_password POST "/api/v1/auth/setup/check-password"
        Access::Public;

    /// Lists the tenant's API keys.
    ListApiKeys list_api_keys GET "/api/v1/platform/api-keys"
        dashboard_or_key(Role::Developer, any_of(&[Scope::AdminKeys]));
    /// Creates an API key.
    CreateApiKey create_api_key POST "/api/v1/platform/api-keys"
        dashboard_or_key(Role::Developer, any_of(&[Scope::AdminKeys])), sudo Needed;
    /// Returns an API key.
    GetApiKey get_api_key GET "/api/v1/platform/api-keys/{id}"
        dashboard_or_key(Role::Developer, any_of(&[Scope::AdminKeys]));
    /// Updates an API key's name, description, scopes, expiry or IP allowlist.
    UpdateApiKey update_api_key PATCH "/api/v1/platform/api-keys/{id}"
        dashboard_or_key(Role::Developer, any_of(&[Scope::AdminKeys])), sudo Sometimes;
    /// Replaces an API key by a new one.
    RotateApiKey rotate_api_key POST "/api/v1/platform/api-keys/{id}/rotate"
        dashboard_or_key(Role::Developer, any_of(&[Scope::AdminKeys])), sudo Needed;
    /// Revokes an API key.
    RevokeApiKey revoke_api_key DELETE "/api/v1/platform/api-keys/{id}"
        dashboard_or_key(Role::Developer, any_of(&[Scope::AdminKeys])), sudo Needed;
    /// Disables an API key.
    DisableApiKey disable_api_key POST "/api/v1/platform/api-keys/{id}/disable"
        dashboard(Role::Developer);
    /// Enables a disabled API key.
    EnableApiKey enable_api_key POST "/api/v1/platform/api-keys/{id}/enable"
        dashboard(Role::Developer), sudo Needed;
    /// Approves an API key for bulk sending.
    ApproveApiKey approve_api_key POST "/api/v1/platform/api-keys/{id}/approve"
        dashboard(Role::Admin), sudo Needed;
    /// Reveals a recoverable API key.
    RevealApiKey reveal_api_key POST "/api/v1/platform/api-keys/{id}/reveal"
        dashboard(Role::Developer), sudo Fresh;
    /// Issues a short-lived playground token for an API key.
    CreatePlaygroundToken create_playground_token POST
        "/api/v1/platform/api-keys/{id}/playground-token"
        dashboard(Role::Developer), sudo Sometimes;

    /// Returns API usage over a time range.
    GetApiUsage get_api_usage GET "/api/v1/tenant/analytics/api-usage"
        dashboard_or_key(Role::Developer, any_of(&[Scope::AnalyticsRead]));
    /// Exports failed requests as CSV.
    ExportErrors export_errors GET "/api/v1/tenant/analytics/api-usage/errors.csv"
        dashboard_or_key(Role::Developer, all_of(&[Scope::AnalyticsRead, Scope::AnalyticsExport]));
    /// Returns a request from the request log.
    GetRequest get_request GET "/api/v1/tenant/requests/{request_id}"
        dashboard_or_key(Role::Developer, any_of(&[Scope::AnalyticsRead]));
    /// Returns the current state of the rate limits.
    GetRateLimit get_rate_limit GET "/api/v1/tenant/rate-limit"
        dashboard_or_key(Role::Developer, any_of(&[Scope::AnalyticsRead]));
    /// Returns the tenant's plan and rate limits.
    GetPlan get_plan GET "/api/v1/tenant/plan"
        dashboard_or_key(Role::Developer, any_of(&[Scope::AdminBilling])), environment Live;
    /// Changes the tenant's plan.
    ChangePlan change_plan PUT "/api/v1/tenant/plan"
        dashboard_or_key(Role::Admin, any_of(&[Scope::AdminBilling])), sudo Needed, environment Live;
    /// Returns the tenant's quotas and their usage.
    GetQuotas get_quotas GET "/api/v1/tenant/quotas"
        dashboard_or_key(Role::Developer, any_of(&[Scope::AdminBilling])), environment Live;
    /// Lists entries of the audit log.
    ListAuditLog list_audit_log GET "/api/v1/tenant/audit-log"
        dashboard_or_key(Role::Developer, any_of(&[Scope::AdminFull])), environment Live;
    /// Streams live events to the dashboard.
    StreamLive stream_live GET "/api/v1/tenant/live" dashboard(Role::Developer);

    /// Sends an email to one recipient.
    SendEmail send_email POST "/v1/emails/send" key(any_of(&[Scope::EmailsSend])), limit "send" 60;
    /// Lists the tenant's emails.
    ListEmails list_emails GET "/v1/emails" key(any_of(&[Scope::EmailsSend, Scope::AnalyticsRead]));
    /// Returns an email with its events.
    GetEmail get_email GET "/v1/emails/{id}" key(any_of(&[Scope::EmailsSend, Scope::AnalyticsRead]));

    /// Lists the tenant's campaigns.
    ListCampaigns list_campaigns GET "/v1/campaigns" key(any_of(&[Scope::CampaignsRead]));
    /// Creates a campaign as a draft.
    CreateCampaign create_campaign POST "/v1/campaigns" key(any_of(&[Scope::CampaignsWrite]));
    /// Returns a campaign with its bodies.
    GetCampaign get_campaign GET "/v1/campaigns/{id}" key(any_of(&[Scope::CampaignsRead]));
    /// Replaces a campaign that is a draft.
    ReplaceCampaign replace_campaign PUT "/v1/campaigns/{id}" key(any_of(&[Scope::CampaignsWrite]));
    /// Deletes a campaign that is not in progress.
    DeleteCampaign delete_campaign DELETE "/v1/campaigns/{id}" key(any_of(&[Scope::CampaignsDelete]));
    /// Starts or resumes a campaign.
    StartCampaign start_campaign POST "/v1/campaigns/{id}/start"
        key(all_of(&[Scope::EmailsSendBulk, Scope::CampaignsWrite]));
    /// Pauses a campaign that is being sent.
    PauseCampaign pause_campaign POST "/v1/campaigns/{id}/pause" key(any_of(&[Scope::CampaignsWrite]));

    /// Lists the tenant's contacts.
    ListContacts list_contacts GET "/v1/contacts" key(any_of(&[Scope::ContactsRead]));
    /// Creates or updates a contact.
    UpsertContact upsert_contact POST "/v1/contacts" key(any_of(&[Scope::ContactsWrite]));
    /// Returns a contact by id.
    GetContact get_contact GET "/v1/contacts/{id}" key(any_of(&[Scope::ContactsRead]));
    /// Replaces a contact's properties.
    ReplaceContact replace_contact PUT "/v1/contacts/{id}" key(any_of(&[Scope::ContactsWrite]));
    /// Deletes a contact permanently.
    DeleteContact delete_contact DELETE "/v1/contacts/{id}" key(any_of(&[Scope::ContactsDelete]));
    /// Lists the emails to a contact.
    ListContactEmails list_contact_emails GET "/v1/contacts/{id}/emails" key(ScopeRequirement {
        all_of: ScopeSet::of(&[Scope::ContactsRead]),
        any_of: ScopeSet::of(&[Scope::EmailsSend, Scope::AnalyticsRead]),
    });

    /// Returns delivery and engagement of a campaign.
    GetCampaignAnalytics get_campaign_analytics GET "/v1/analytics/campaigns/{id}"
        key(any_of(&[Scope::AnalyticsRead]));
    /// Returns delivery and engagement over a time range.
    GetEmailAnalytics get_email_analytics GET "/v1/analytics/emails" key(any_of(&[Scope::AnalyticsRead]));

    /// Lists the tenant's email templates.
    ListTemplates list_templates GET "/v1/templates" key(any_of(&[Scope::CampaignsRead]));
    /// Returns an email template.
    GetTemplate get_template GET "/v1/templates/{id}" key(any_of(&[Scope::CampaignsRead]));
    /// Creates or replaces an email template.
    PutTemplate put_template PUT "/v1/templates/{id}" key(any_of(&[Scope::CampaignsWrite]));
    /// Deletes an email template.
    DeleteTemplate delete_template DELETE "/v1/templates/{id}" key(any_of(&[Scope::CampaignsDelete]));

    /// Returns the calling key, as a connection test.
    Whoami whoami GET "/v1/whoami" key(any_of(&[]));
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
        // Either scope gives access, but only `emails:send` shows the bodies.
        let granted = ScopeSet::of(&[Scope::AnalyticsRead, Scope::EmailsSend]);
        let reads_bodies = unused(granted, &[GetEmail::OPERATION]);
        assert_eq!(reads_bodies, ScopeSet::of(&[Scope::AnalyticsRead]));
        let lists = unused(granted, &[ListEmails::OPERATION]);
        assert_eq!(lists, ScopeSet::of(&[Scope::EmailsSend]));
    }

    #[test]
    fn every_scope_opens_something() {
        for scope in Scope::ALL {
            // Full access authorizes operations through the scopes it implies.
            let opens = opened_by(scope).count() > 0 || scope == Scope::AdminFull;
            assert!(opens, "{scope}");
        }
    }

    #[test]
    fn missing_scopes() {
        let bulk = ScopeSet::of(&[Scope::EmailsSendBulk]);
        let write = ScopeSet::of(&[Scope::CampaignsWrite]);
        let both = bulk.union(write);
        let any = any_of(&[Scope::EmailsSendBulk, Scope::CampaignsWrite]);
        assert_eq!(any.missing(write), ScopeSet::EMPTY);
        assert_eq!(any.missing(ScopeSet::EMPTY), both);
        assert_eq!(any_of(&[]).missing(ScopeSet::EMPTY), ScopeSet::EMPTY);
        let all = all_of(&[Scope::EmailsSendBulk, Scope::CampaignsWrite]);
        assert_eq!(all.missing(write), bulk);
        assert_eq!(all.missing(both), ScopeSet::EMPTY);
        let read = ScopeSet::of(&[Scope::ContactsRead]);
        let mixed = ScopeRequirement {
            all_of: read,
            any_of: both,
        };
        assert_eq!(mixed.missing(read), both);
        assert_eq!(mixed.missing(write), read);
        assert_eq!(mixed.missing(read.union(bulk)), ScopeSet::EMPTY);
    }
}
