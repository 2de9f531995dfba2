//! Pagination of lists sorted newest first: a page continues after the time and id of the previous
//! page's last row, unaffected by new rows.

use chrono::{DateTime, NaiveDateTime};
use std::{fmt, str::FromStr};

/// The row after which a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageCursor {
    pub created_at: NaiveDateTime,
    pub id: String,
}

/// Parses a cursor in the format of its `Display`.
impl FromStr for PageCursor {
    type Err = NotACursor;

    fn from_str(cursor: &str) -> Result<Self, NotACursor> {
        let (millis, id) = cursor.split_once('-').ok_or(NotACursor)?;
        let millis = millis.parse().map_err(|_| NotACursor)?;
        let at = DateTime::from_timestamp_millis(millis).ok_or(NotACursor)?;
        Ok(Self {
            created_at: at.naive_utc(),
            id: id.to_owned(),
        })
    }
}

/// Error for an invalid cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotACursor;

/// Formats the cursor.
impl fmt::Display for PageCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.created_at.and_utc().timestamp_millis();
        write!(f, "{millis}-{}", self.id)
    }
}

/// Truncates rows, fetched with one row more than `limit`, to a page. Also returns the cursor of
/// the next page, if there is one.
pub fn cut<Row, P: fmt::Display>(
    mut rows: Vec<Row>,
    limit: i64,
    position: impl Fn(&Row) -> P,
) -> (Vec<Row>, Option<String>) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if rows.len() <= limit {
        return (rows, None);
    }
    rows.truncate(limit);
    let next = rows.last().map(|row| position(row).to_string());
    (rows, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_round_trip() {
        let position = PageCursor {
            created_at: DateTime::UNIX_EPOCH.naive_utc(),
            id: "con_a".into(),
        };
        assert_eq!(position.to_string().parse(), Ok(position));
        assert_eq!("con_a".parse::<PageCursor>(), Err(NotACursor));
    }

    #[test]
    fn a_full_page_has_a_next_one_only_if_there_are_more_rows() {
        let position = |n: &i64| PageCursor {
            created_at: DateTime::UNIX_EPOCH.naive_utc(),
            id: n.to_string(),
        };
        assert_eq!(cut(vec![1, 2], 2, position), (vec![1, 2], None));
        assert_eq!(
            cut(vec![1, 2, 3], 2, position),
            (vec![1, 2], Some("0-2".into()))
        );
    }
}
