//! The change log by which processes that share a database invalidate each other's caches. Entries
//! are inserted in the transaction of the change.
//!
//! Readers poll it on both databases. PostgreSQL's `NOTIFY` would be faster, but SQLite needs the
//! table anyway.

use crate::{
    db::{self, DbConnection},
    error::ApiError,
    schema::changes,
};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper, dsl::max,
};

/// Rows that the log keeps. A reader that lags further behind invalidates everything.
const KEPT: i64 = 10_000;

/// The kind of object that was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Key,
    /// A tenant's plan or limits.
    Tenant,
    /// A user, some of whose sessions have ended.
    User,
}

impl Subject {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Tenant => "tenant",
            Self::User => "user",
        }
    }
}

#[derive(Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = changes)]
pub struct Change {
    pub seq: i64,
    subject: String,
    pub subject_id: String,
}

impl Change {
    /// Returns the kind of object; `None` if a newer version wrote the row.
    pub fn subject(&self) -> Option<Subject> {
        [Subject::Key, Subject::Tenant, Subject::User]
            .into_iter()
            .find(|s| s.as_str() == self.subject)
    }

    /// Inserts a row for a changed object.
    pub fn log(conn: &mut DbConnection, subject: Subject, id: &str) -> Result<(), ApiError> {
        // Rows must become visible in the order of `seq`, or readers would skip one.
        db::lock(conn, "changes")?;
        diesel::insert_into(changes::table)
            .values((
                changes::subject.eq(subject.as_str()),
                changes::subject_id.eq(id),
            ))
            .execute(conn)?;
        Ok(())
    }

    pub fn newest(conn: &mut DbConnection) -> Result<i64, ApiError> {
        let newest: Option<i64> = changes::table.select(max(changes::seq)).first(conn)?;
        Ok(newest.unwrap_or(0))
    }

    /// Returns the changes after `seq`; `None` if some of them are no longer kept.
    pub fn since(conn: &mut DbConnection, seq: i64) -> Result<Option<Vec<Self>>, ApiError> {
        let rows: Vec<Self> = changes::table
            .select(Self::as_select())
            .filter(changes::seq.gt(seq))
            .order(changes::seq)
            .load(conn)?;
        let oldest: Option<i64> = changes::table
            .select(changes::seq)
            .order(changes::seq)
            .first(conn)
            .optional()?;
        let complete = rows.is_empty() || oldest.is_none_or(|oldest| oldest <= seq + 1);
        Ok(complete.then_some(rows))
    }

    /// Deletes rows that no reader needs any more.
    pub fn prune(conn: &mut DbConnection) -> Result<(), ApiError> {
        let newest = Self::newest(conn)?;
        diesel::delete(changes::table.filter(changes::seq.le(newest - KEPT))).execute(conn)?;
        Ok(())
    }
}
