//! Identifiers as clients see them: a prefix that names the kind, then base62.

use serde::{Deserialize, Serialize};

/// Declares a string newtype for one kind of identifier.
macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// What every identifier of this kind begins with.
            pub const PREFIX: &str = $prefix;

            /// Takes the whole identifier, prefix included. Whether it exists is
            /// for the database to say.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The whole identifier, prefix included.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )*};
}

id_types! {
    /// A paying company: everything else belongs to exactly one.
    TenantId "ten_";
    /// A person who signs in to the dashboard.
    UserId "usr_";
    /// A signed-in browser.
    SessionId "ses_";
    /// An API key: `key_` and the 12 public characters of the key itself.
    KeyId "key_";
    /// A contact.
    ContactId "con_";
    /// One answered request, as in the `X-Request-Id` header.
    RequestId "req_";
}
