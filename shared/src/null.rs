//! The meaning of `null` in a request: where something is created or replaced, the same
//! as leaving the member out; where something is changed, that the member is cleared.

use serde::{Deserialize, Deserializer};

/// Reads `null` as the default, for members of what is created or replaced.
pub(crate) fn as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads `null` as `true`, for members that are `true` when left out.
pub(crate) fn as_true<'de, D>(deserializer: D) -> Result<bool, D::Error>
where
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or(true))
}

/// Reads `null` as the empty value, for members of a change. Only a member that is left
/// out is `None`.
pub(crate) fn clears<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    as_default(deserializer).map(Some)
}

/// Reads a member of a change that cannot be cleared, or that keeps `null` apart itself.
pub(crate) fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}
