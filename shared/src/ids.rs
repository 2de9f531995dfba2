//! Identifiers in the API: a prefix for the type, followed by base62 characters.

use serde::{Deserialize, Serialize};

/// A type of identifier, for generic code that creates them.
pub trait Id {
    /// Creates an identifier from its part after the prefix.
    fn from_random(random: &str) -> Self;
}

/// Declares a string newtype for each type of identifier.
macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// Prefix of every identifier of this type.
            pub const PREFIX: &str = $prefix;

            /// Creates an identifier from trusted text, which includes the prefix.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// Returns the complete identifier, including the prefix.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Id for $name {
            fn from_random(random: &str) -> Self {
                Self(format!("{}{random}", Self::PREFIX))
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

        /// Checks the format only. The identifier may not exist in the database.
        impl TryFrom<String> for $name {
            type Error = NotAnId;

            fn try_from(id: String) -> Result<Self, NotAnId> {
                if has_form(&id, Self::PREFIX) { Ok(Self(id)) } else { Err(NotAnId) }
            }
        }
    )*};
}

/// Error returned for text that is not an identifier of the expected type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl std::fmt::Display for NotAnId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("this is not an identifier of the right kind")
    }
}

impl std::error::Error for NotAnId {}

/// Returns `true` if the prefix is followed by 1 to 64 letters, digits or underscores.
fn has_form(id: &str, prefix: &str) -> bool {
    id.strip_prefix(prefix).is_some_and(|rest| {
        (1..=64).contains(&rest.len())
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

id_types! {
    /// A paying company, which owns all other data.
    TenantId "ten_";
    /// A user of the dashboard.
    UserId "usr_";
    /// A session of a signed-in browser.
    SessionId "ses_";
    /// An API key: `key_` and the 12 public characters of the key itself.
    KeyId "key_";
    /// A contact of the tenant.
    ContactId "con_";
    /// An entry of the audit log.
    AuditId "aud_";
    /// An email to one recipient.
    MessageId "msg_";
    /// A campaign, which sends one email to many contacts.
    CampaignId "cmp_";
    /// A completed request, as in the `X-Request-Id` header.
    RequestId "req_";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_of_one_kind() {
        let read = |text: &str| serde_json::from_value::<ContactId>(text.into());
        let id = read("con_8sJd2kLm4nPq6rSt").unwrap();
        assert_eq!(serde_json::to_value(&id).unwrap(), id.as_str());
        for other in [
            "",
            "con_",
            "cmp_8sJd2kLm4nPq6rSt",
            "8sJd",
            "con_a\0",
            "con_a/b",
        ] {
            assert!(read(other).is_err(), "{other:?}");
        }
    }
}
