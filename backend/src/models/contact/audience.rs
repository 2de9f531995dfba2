//! The contacts that a campaign is sent to.

use super::{
    Contact,
    list::{Backend, has_tag},
};
use crate::{db::DbConnection, error::ApiError, models::pagination::PageCursor, schema::contacts};
use chrono::NaiveDateTime;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper,
    dsl::sql,
    sql_types::{Bool, Text, Timestamp},
};
use shared::contact::ContactStatus;
use std::collections::HashSet;

/// Selects the active contacts that a campaign is sent to.
pub struct Audience {
    pub tenant_id: String,
    pub environment: String,
    /// Contacts must have at least one of these tags; empty for all contacts.
    pub tags: Vec<String>,
    /// Only contacts that were added by this time.
    pub added_until: Option<NaiveDateTime>,
}

impl Audience {
    fn query(&self) -> contacts::BoxedQuery<'static, Backend> {
        let mut query = contacts::table
            .filter(contacts::tenant_id.eq(self.tenant_id.clone()))
            .filter(contacts::environment.eq(self.environment.clone()))
            .filter(contacts::status.eq(ContactStatus::Active.as_str()))
            .into_boxed();
        let tags = self.tags.iter().map(|tag| has_tag(tag));
        if let Some(any) = tags.reduce(|any, tag| Box::new(any.or(tag))) {
            query = query.filter(any);
        }
        if let Some(until) = self.added_until {
            query = query.filter(contacts::created_at.le(until));
        }
        query
    }

    pub fn count(&self, conn: &mut DbConnection) -> Result<i64, ApiError> {
        Ok(self.query().count().get_result(conn)?)
    }

    /// Returns the next contacts in the order in which they were added.
    pub fn page(
        &self,
        conn: &mut DbConnection,
        after: Option<PageCursor>,
        limit: i64,
    ) -> Result<Vec<Contact>, ApiError> {
        let mut query = self.query();
        if let Some(PageCursor { created_at, id }) = after {
            // Compared as a pair, which both databases look up in the index: finding the last of a
            // million contacts must not take longer than finding the first.
            query = query.filter(
                sql::<Bool>("(contacts.created_at, contacts.id) > (")
                    .bind::<Timestamp, _>(created_at)
                    .sql(", ")
                    .bind::<Text, _>(id)
                    .sql(")"),
            );
        }
        Ok(query
            .select(Contact::as_select())
            .order((contacts::created_at, contacts::id))
            .limit(limit)
            .load(conn)?)
    }
}

impl Contact {
    /// Returns those of the contacts that are active, locked until the end of the transaction.
    /// A concurrent unsubscription waits, so that it finds the queued email and withdraws it.
    pub fn hold_active(conn: &mut DbConnection, ids: &[&str]) -> Result<HashSet<String>, ApiError> {
        macro_rules! active {
            () => {
                contacts::table
                    .filter(contacts::id.eq_any(ids))
                    .filter(contacts::status.eq(ContactStatus::Active.as_str()))
                    .select(contacts::id)
            };
        }
        let ids: Vec<String> = match conn {
            DbConnection::Postgres(conn) => active!().order(contacts::id).for_share().load(conn)?,
            DbConnection::Sqlite(conn) => active!().load(conn)?,
        };
        Ok(ids.into_iter().collect())
    }
}
