//! The route table: every operation of both APIs, who may call it and how often.
//!
//! One row drives the router's check, the OpenAPI document, the permission
//! matrix and the tests. A handler names its row in its signature, as
//! `Authorized<ListContacts>`, so a route without a row does not compile.

use crate::{
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
    /// A signed-in user of at least `role`, or an API key with one of `scopes`.
    DashboardOrKey {
        /// The weakest role that may call it.
        role: Role,
        /// The scopes of which a key needs one.
        scopes: ScopeSet,
    },
    /// An API key with one of `scopes`; any valid key if the set is empty.
    Key {
        /// The scopes of which a key needs one.
        scopes: ScopeSet,
    },
}

/// Whether the password must have been entered again just before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sudo {
    /// No.
    NotNeeded,
    /// Yes, within the last 15 minutes. Calls by API key are exempt: a key has no password.
    Needed,
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
}

impl Operation {
    /// Whether it belongs to the public REST API, the part that the gateway guards.
    pub fn is_public_api(&self) -> bool {
        self.path.starts_with("/v1/")
    }
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
    }
}

const fn dashboard_or_key(role: Role, scopes: &[Scope]) -> Access {
    Access::DashboardOrKey {
        role,
        scopes: ScopeSet::of(scopes),
    }
}

/// Builds [`OPERATIONS`] and a [`Row`] type for each of its rows.
macro_rules! operations {
    ($($(#[$doc:meta])* $row:ident $id:ident $method:ident $path:literal $access:expr
        $(, sudo $sudo:ident)? $(, limit $name:literal $per_minute:literal)?;)*) => {
        /// Every operation of both APIs.
        pub const OPERATIONS: &[Operation] = &[$(Operation {
            id: stringify!($id),
            method: stringify!($method),
            path: $path,
            access: $access,
            sudo: operations!(@sudo $($sudo)?),
            limit: operations!(@limit $($name $per_minute)?),
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
    /// Create the first tenant and its owner, with the link from the console.
    SetUp set_up POST "/api/v1/auth/setup" Access::Public;

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

    /// The state of the rate limits.
    GetRateLimit get_rate_limit GET "/api/v1/tenant/rate-limit"
        dashboard_or_key(Role::Developer, &[Scope::AnalyticsRead]);
    /// Live events for the dashboard.
    StreamLive stream_live GET "/api/v1/tenant/live" dashboard(Role::Developer);

    /// The key that asks: a connection test.
    Whoami whoami GET "/v1/whoami" key(&[]);
    /// List contacts.
    ListContacts list_contacts GET "/v1/contacts" key(&[Scope::ContactsRead]);
    /// Add or update a contact.
    UpsertContact upsert_contact POST "/v1/contacts" key(&[Scope::ContactsWrite]);
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
}
