//! Lists of API keys: search, filters, sorting and pagination.

use super::{
    ApiKey, VisibleKeys,
    view::{LastUse, views},
};
use crate::models::api_key::cursor::{KeyCursor, Sort, SortValue};
use crate::{
    db::DbConnection,
    error::ApiError,
    keys::format::ID_LEN,
    models::{pagination, search::contains_pattern},
    schema::{api_key_activity, api_keys},
};
use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, BoxableExpression, ExpressionMethods, NullableExpressionMethods,
    QueryDsl, RunQueryDsl, SelectableHelper,
    dsl::{LeftJoinQuerySource, sql},
    expression::SqlLiteral,
    sql_types::{Bool, Integer, Text, Timestamp},
};
use shared::{
    ids::{KeyId, TenantId},
    key::{Environment, KeyStatus, KeyView},
    page::Page,
};

/// Which keys a list is about.
#[derive(Debug, Default)]
pub struct KeyFilter {
    /// Part of a name, or the beginning of an id.
    pub search: Option<String>,
    pub status: Option<KeyStatus>,
    pub sort: Sort,
    /// `true` to return the smallest or earliest first.
    pub ascending: bool,
    /// Maximum number of rows.
    pub limit: i64,
    /// Last row of the previous page, in the same sort order.
    pub after: Option<KeyCursor>,
}

impl ApiKey {
    /// Returns the tenant's keys that originate from the user with this email address and are
    /// usable or can be enabled again.
    pub fn created_by(
        conn: &mut DbConnection,
        tenant: &TenantId,
        email: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<Self>, ApiError> {
        let keys: Vec<Self> = api_keys::table
            .filter(api_keys::tenant_id.eq(tenant.as_str()))
            .filter(api_keys::creator_email.eq(email))
            .filter(api_keys::revoked_at.is_null())
            .order(api_keys::created_at)
            .select(Self::as_select())
            .load(conn)?;
        let may_be_used = |key: &Self| {
            !matches!(
                key.dates().status(now),
                KeyStatus::Revoked | KeyStatus::Expired
            )
        };
        Ok(keys.into_iter().filter(may_be_used).collect())
    }

    pub fn list(
        conn: &mut DbConnection,
        visible: &VisibleKeys,
        filter: &KeyFilter,
        now: DateTime<Utc>,
    ) -> Result<Page<KeyView>, ApiError> {
        let matching = || {
            let mut query = api_keys::table
                .left_join(api_key_activity::table)
                .filter(api_keys::tenant_id.eq(visible.tenant.as_str().to_owned()))
                .into_boxed();
            if let Some(environment) = visible.environment {
                query = query.filter(api_keys::environment.eq(environment.as_str()));
            }
            if let Some(search) = &filter.search {
                let by_name = sql::<Bool>("(api_keys.name_folded LIKE ")
                    .bind::<Text, _>(contains_pattern(search))
                    .sql(" ESCAPE '!')");
                query = match SearchedId::of(search) {
                    None => query.filter(by_name),
                    Some(id) => {
                        // Not `LIKE`, which ignores case on one of the databases.
                        let by_id = sql::<Bool>("(substr(api_keys.id, 1, ")
                            .bind::<Integer, _>(id.length())
                            .sql(") = ")
                            .bind::<Text, _>(id.start)
                            .sql(")");
                        let environments = id.environments.iter().map(|it| it.as_str());
                        let by_id = by_id.and(api_keys::environment.eq_any(environments));
                        query.filter(by_name.or(by_id))
                    }
                };
            }
            let at = now.naive_utc();
            let ended = api_keys::revoked_at.is_not_null().or(api_keys::grace_until
                .is_not_null()
                .and(api_keys::grace_until.assume_not_null().le(at)));
            let expired = api_keys::expires_at
                .is_not_null()
                .and(api_keys::expires_at.assume_not_null().le(at));
            let disabled = api_keys::disabled_at.is_not_null();
            match filter.status {
                None => query,
                Some(KeyStatus::Revoked) => query.filter(ended),
                Some(KeyStatus::Expired) => query.filter(diesel::dsl::not(ended).and(expired)),
                Some(KeyStatus::Disabled) => query.filter(
                    diesel::dsl::not(ended)
                        .and(diesel::dsl::not(expired))
                        .and(disabled),
                ),
                Some(status) => {
                    query = query.filter(diesel::dsl::not(ended));
                    query = query.filter(diesel::dsl::not(expired));
                    query = query.filter(diesel::dsl::not(disabled));
                    if status == KeyStatus::Rotating {
                        query.filter(api_keys::grace_until.is_not_null())
                    } else {
                        query.filter(api_keys::grace_until.is_null())
                    }
                }
            }
        };
        let total: i64 = matching().count().get_result(conn)?;
        // The same order on both databases: unused keys are earliest, and names ignore case.
        let mut page = matching();
        if let Some(position) = &filter.after {
            page = page.filter(is_after(position, filter.ascending));
        }
        let page = match (filter.sort, filter.ascending) {
            (Sort::Created, true) => page.order(api_keys::created_at.asc()),
            (Sort::Created, false) => page.order(api_keys::created_at.desc()),
            (Sort::LastUsed, true) => page.order(last_used().asc()),
            (Sort::LastUsed, false) => page.order(last_used().desc()),
            (Sort::Name, true) => page.order(api_keys::name_folded.asc()),
            (Sort::Name, false) => page.order(api_keys::name_folded.desc()),
        };
        let rows: Vec<(Self, Option<LastUse>, String)> = page
            .then_order_by(api_keys::id)
            .select((
                Self::as_select(),
                Option::<LastUse>::as_select(),
                api_keys::name_folded,
            ))
            .limit(filter.limit + 1)
            .load(conn)?;
        let (rows, next_cursor) = pagination::cut(rows, filter.limit, |(key, last_use, name)| {
            let value = match filter.sort {
                Sort::Created => SortValue::Created(key.created_at),
                Sort::LastUsed => SortValue::LastUsed(LastUse::at(last_use.as_ref())),
                Sort::Name => SortValue::Name(name.clone()),
            };
            let id = key.id.clone();
            KeyCursor { value, id }
        });
        let rows = rows.into_iter().map(|(key, last_use, _)| (key, last_use));
        Ok(Page {
            data: views(conn, &visible.tenant, rows.collect(), now)?,
            total: total.unsigned_abs(),
            next_cursor,
        })
    }
}

fn last_used() -> SqlLiteral<Timestamp> {
    sql("COALESCE(api_key_activity.last_used_at, '1970-01-01 00:00:00')")
}

/// A filter on keys and their last use.
type Condition = Box<dyn BoxableExpression<Keys, Backend, SqlType = Bool>>;
type Keys = LeftJoinQuerySource<api_keys::table, api_key_activity::table>;
type Backend = <DbConnection as diesel::Connection>::Backend;

/// Selects the keys that follow the one at `position`.
fn is_after(cursor: &KeyCursor, ascending: bool) -> Condition {
    let has_higher_id = api_keys::id.gt(cursor.id.clone());
    macro_rules! after {
        ($column:expr, $value:expr) => {{
            let equal = $column.eq($value.clone()).and(has_higher_id);
            if ascending {
                Box::new($column.gt($value.clone()).or(equal))
            } else {
                Box::new($column.lt($value.clone()).or(equal))
            }
        }};
    }
    match &cursor.value {
        SortValue::Created(at) => after!(api_keys::created_at, at),
        SortValue::LastUsed(at) => after!(last_used(), at),
        SortValue::Name(text) => after!(api_keys::name_folded, text),
    }
}

/// The ids that match a search: `key_…`, `pm_live_…` as the dashboard shows it, or a whole key of
/// which the page has removed the secret part.
struct SearchedId {
    start: String,
    environments: Vec<Environment>,
}

impl SearchedId {
    fn of(search: &str) -> Option<Self> {
        let of_key = Environment::ALL
            .into_iter()
            .find_map(|it| Some((it, search.strip_prefix(it.key_prefix())?)));
        if let Some((environment, rest)) = of_key {
            let public = rest.chars().take_while(char::is_ascii_alphanumeric);
            let public: String = public.take(ID_LEN).collect();
            return Some(Self {
                start: format!("{}{public}", KeyId::PREFIX),
                environments: vec![environment],
            });
        }
        search.starts_with(KeyId::PREFIX).then(|| Self {
            start: search.to_owned(),
            environments: Environment::ALL.to_vec(),
        })
    }

    /// Length in characters, as the databases count.
    fn length(&self) -> i32 {
        i32::try_from(self.start.chars().count()).unwrap_or(i32::MAX)
    }
}
