//! Identifiers as clients see them: a prefix that names the kind, then base62.

use serde::{Deserialize, Serialize};

/// Declares a string newtype for one kind of identifier.
macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// What every identifier of this kind begins with.
            pub const PREFIX: &str = $prefix;

            /// Takes the whole identifier, prefix included, from where it is known
            /// to be one.
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

        /// Whether it exists is for the database to say.
        impl TryFrom<String> for $name {
            type Error = NotAnId;

            fn try_from(id: String) -> Result<Self, NotAnId> {
                if has_form(&id, Self::PREFIX) { Ok(Self(id)) } else { Err(NotAnId) }
            }
        }
    )*};
}

/// A text that is no identifier of the kind that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl std::fmt::Display for NotAnId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("this is not an identifier of the right kind")
    }
}

impl std::error::Error for NotAnId {}

/// Whether something that can be an identifier follows the prefix.
fn has_form(id: &str, prefix: &str) -> bool {
    id.strip_prefix(prefix).is_some_and(|rest| {
        (1..=64).contains(&rest.len())
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
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
    /// An entry of the audit log.
    AuditId "aud_";
    /// A mail.
    MessageId "msg_";
    /// A mail to many contacts.
    CampaignId "cmp_";
    /// One answered request, as in the `X-Request-Id` header.
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
