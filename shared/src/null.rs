//! Semantics of `null` in requests. In creations and replacements, `null` means the same as
//! omitting the property; in updates, it clears the property.

use serde::{Deserialize, Deserializer};

/// Deserializes `null` as the default value, for properties of creations and replacements.
pub(crate) fn as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Deserializes `null` as `true`, for properties that default to `true`.
pub(crate) fn as_true<'de, D>(deserializer: D) -> Result<bool, D::Error>
where
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or(true))
}

/// Deserializes `null` as the empty value, for properties of updates. Only an omitted property is
/// `None`.
pub(crate) fn clears<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    as_default(deserializer).map(Some)
}

/// Deserializes a property of an update that cannot be cleared, or whose type handles `null`.
pub(crate) fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}
