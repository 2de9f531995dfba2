//! Search and lists of contacts.

use super::Contact;
use crate::{
    db::DbConnection,
    error::ApiError,
    models::{
        pagination::{self, PageCursor},
        search::contains_pattern,
    },
    schema::contacts,
};
use diesel::{
    BoolExpressionMethods, BoxableExpression, ExpressionMethods, QueryDsl, RunQueryDsl,
    SelectableHelper,
    dsl::sql,
    sql_types::{Bool, Text},
};
use serde_json::Value;
use shared::{
    contact::{ContactStatus, ContactView},
    ids::TenantId,
    key::Environment,
    page::Page,
};

/// Search, filters and pagination of a list of contacts.
#[derive(Default)]
pub struct ContactFilter {
    /// Part of an email address or name.
    pub search: Option<String>,
    pub tag: Option<String>,
    pub status: Option<ContactStatus>,
    /// Maximum number of rows.
    pub limit: i64,
    /// Last row of the previous page.
    pub after: Option<PageCursor>,
}

/// A filter on contacts that is built at run time.
pub(super) type Condition = Box<dyn BoxableExpression<contacts::table, Backend, SqlType = Bool>>;
pub(super) type Backend = <DbConnection as diesel::Connection>::Backend;

impl Contact {
    /// Returns a page of contacts, newest first.
    pub fn list(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        filter: ContactFilter,
    ) -> Result<Page<ContactView>, ApiError> {
        let matching = || {
            let mut query = contacts::table
                .filter(contacts::tenant_id.eq(tenant.as_str().to_owned()))
                .filter(contacts::environment.eq(environment.as_str()))
                .into_boxed();
            if let Some(search) = &filter.search {
                let pattern = contains_pattern(search);
                query = query.filter(
                    sql::<Bool>("(contacts.search_text LIKE ")
                        .bind::<Text, _>(pattern)
                        .sql(" ESCAPE '!')"),
                );
            }
            if let Some(tag) = &filter.tag {
                query = query.filter(has_tag(tag));
            }
            if let Some(status) = filter.status {
                query = query.filter(contacts::status.eq(status.as_str()));
            }
            query
        };
        let total: i64 = matching().count().get_result(conn)?;
        let mut page = matching();
        if let Some(PageCursor { created_at, id }) = filter.after {
            page = page.filter(
                contacts::created_at
                    .lt(created_at)
                    .or(contacts::created_at.eq(created_at).and(contacts::id.lt(id))),
            );
        }
        let rows: Vec<Self> = page
            .select(Self::as_select())
            .order((contacts::created_at.desc(), contacts::id.desc()))
            .limit(filter.limit + 1)
            .load(conn)?;
        let (rows, next_cursor) = pagination::cut(rows, filter.limit, Self::position);
        Ok(Page {
            data: rows
                .into_iter()
                .map(Self::into_view)
                .collect::<Result<_, _>>()?,
            total: total.unsigned_abs(),
            next_cursor,
        })
    }
}

/// Matches contacts with exactly this tag. In the stored JSON, a quote after a comma or the opening
/// bracket begins a tag, because quotes inside tags follow a backslash. Unlike `LIKE`, `replace` is
/// case-sensitive on both databases.
pub(super) fn has_tag(tag: &str) -> Condition {
    let needle = format!(",{}", Value::from(tag));
    let tags = "',' || substr(contacts.tags, 2)";
    Box::new(
        sql::<Bool>(&format!("(replace({tags}, "))
            .bind::<Text, _>(needle)
            .sql(&format!(", '') <> {tags})")),
    )
}
