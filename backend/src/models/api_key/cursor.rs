//! Cursor of a list of API keys: the sort value and id of the last row of a page, so that keys
//! which are added, deleted or changed meanwhile shift no other row.

use crate::models::pagination::NotACursor;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, NaiveDateTime};
use std::{fmt, str::FromStr};

/// The orders in which keys can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// By date of creation.
    #[default]
    Created,
    /// By last use; never used counts as earliest.
    LastUsed,
    /// By name.
    Name,
}

/// The row after which a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyCursor {
    /// The row's value in the sort order.
    pub value: SortValue,
    /// The row's id, the tie-breaker between equal values.
    pub id: String,
}

/// A value by which keys are sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortValue {
    Created(NaiveDateTime),
    /// The last use; the epoch if the key was never used.
    LastUsed(NaiveDateTime),
    /// The folded name, as it is compared.
    Name(String),
}

impl SortValue {
    /// Returns the sort order of the value.
    pub fn sort(&self) -> Sort {
        match self {
            Self::Created(_) => Sort::Created,
            Self::LastUsed(_) => Sort::LastUsed,
            Self::Name(_) => Sort::Name,
        }
    }
}

/// Parses a cursor in the format of [`KeyCursor`]'s `Display`.
impl FromStr for KeyCursor {
    type Err = NotACursor;

    fn from_str(cursor: &str) -> Result<Self, NotACursor> {
        let (sort, rest) = cursor.split_once('.').ok_or(NotACursor)?;
        let (value, id) = rest.split_once('.').ok_or(NotACursor)?;
        let time = || {
            let micros = value.parse().map_err(|_| NotACursor)?;
            let at = DateTime::from_timestamp_micros(micros).ok_or(NotACursor)?;
            Ok(at.naive_utc())
        };
        let value = match sort {
            "created" => SortValue::Created(time()?),
            "used" => SortValue::LastUsed(time()?),
            "name" => {
                let name = BASE64_URL_SAFE_NO_PAD.decode(value);
                let name = name.ok().and_then(|name| String::from_utf8(name).ok());
                // PostgreSQL cannot store this character.
                let name = name.filter(|name| !name.contains('\0'));
                SortValue::Name(name.ok_or(NotACursor)?)
            }
            _ => return Err(NotACursor),
        };
        Ok(Self {
            value,
            id: id.to_owned(),
        })
    }
}

/// Formats the position as a cursor: `created.<microseconds>.<id>`.
impl fmt::Display for KeyCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { value, id } = self;
        let micros = |at: &NaiveDateTime| at.and_utc().timestamp_micros();
        match value {
            SortValue::Created(at) => write!(f, "created.{}.{id}", micros(at)),
            SortValue::LastUsed(at) => write!(f, "used.{}.{id}", micros(at)),
            SortValue::Name(name) => {
                write!(f, "name.{}.{id}", BASE64_URL_SAFE_NO_PAD.encode(name))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_round_trip() {
        let at = DateTime::from_timestamp_micros(1_700_000_000_123_456);
        let at = at.map(|at| at.naive_utc()).unwrap_or_default();
        for value in [
            SortValue::Created(at),
            SortValue::LastUsed(at),
            SortValue::Name("özgür. app".into()),
        ] {
            let id = "key_a".to_owned();
            let position = KeyCursor { value, id };
            assert_eq!(position.to_string().parse(), Ok(position));
        }
        for invalid in ["4", "created.x.key_a", "name.AA.key_a", "size.1.key_a"] {
            assert_eq!(invalid.parse::<KeyCursor>(), Err(NotACursor), "{invalid}");
        }
    }
}
