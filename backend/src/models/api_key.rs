//! API keys and when they were last used.

use crate::{
    db::DbConnection,
    error::ApiError,
    gateway::limits::TenantLimits,
    keys::{cache::KeyRecord, format},
    models::{
        change::{Change, Subject},
        tenant::Tenant,
        usage,
    },
    schema::{api_key_activity, api_keys, tenants},
};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, NullableExpressionMethods,
    OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper,
    dsl::sql,
    sql_types::{Bool, Text, Timestamp},
};
use shared::{
    error::ErrorCode,
    ids::{KeyId, TenantId},
    key::{CreatorKind, Environment, KeyCreator, KeyDates, KeyStatus, KeyView},
    page::Page,
    scope::{Scope, ScopeSet},
};
use std::sync::Arc;

/// A row of `api_keys`. No `Debug`: it holds a key's stored form.
#[derive(Clone, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = api_keys)]
pub struct ApiKey {
    /// Identifier.
    pub id: String,
    /// The company.
    pub tenant_id: String,
    /// The first key of those that replaced each other.
    pub lineage_id: String,
    /// Name.
    pub name: String,
    /// Notes.
    pub description: String,
    /// `live` or `test`.
    pub environment: String,
    /// As [`ScopeSet`] writes it.
    pub scopes: String,
    /// When bulk sending was approved.
    pub bulk_approved_at: Option<NaiveDateTime>,
    /// Ranges, separated by commas; empty for everywhere.
    pub ip_allowlist: String,
    /// bcrypt of the peppered key.
    pub secret_hash: String,
    /// Which secret key the pepper came from.
    pub secret_version: i32,
    /// What the masked key ends with.
    pub mask_suffix: String,
    /// When it was created.
    pub created_at: NaiveDateTime,
    /// `user` or `key`.
    pub creator_kind: String,
    /// The creator's identifier.
    pub creator_id: String,
    /// E-mail address of the user it goes back to.
    pub creator_email: String,
    /// When it stops by itself.
    pub expires_at: Option<NaiveDateTime>,
    /// When it stops because a newer key has taken its place.
    pub grace_until: Option<NaiveDateTime>,
    /// When it was switched off.
    pub disabled_at: Option<NaiveDateTime>,
    /// When it was revoked.
    pub revoked_at: Option<NaiveDateTime>,
}

/// The orders in which keys can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
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

/// Which keys a list is about.
#[derive(Debug, Default)]
pub struct Filter {
    /// Part of a name, or the start of an id.
    pub search: Option<String>,
    /// Only keys in this status.
    pub status: Option<KeyStatus>,
    /// In which order.
    pub sort: Sort,
    /// Whether smallest or earliest first.
    pub ascending: bool,
    /// How many rows.
    pub limit: i64,
    /// How many rows to skip.
    pub offset: i64,
}

impl ApiKey {
    /// Stores a new key. In the same transaction as anything that speaks of it.
    pub fn insert(&self, conn: &mut DbConnection) -> Result<(), ApiError> {
        diesel::insert_into(api_keys::table)
            .values(self)
            .execute(conn)?;
        Change::log(conn, Subject::Key, &self.id)
    }

    /// The tenant's key with this id.
    pub fn get(conn: &mut DbConnection, tenant: &TenantId, id: &KeyId) -> Result<Self, ApiError> {
        Ok(api_keys::table
            .filter(api_keys::tenant_id.eq(tenant.as_str()))
            .filter(api_keys::id.eq(id.as_str()))
            .select(Self::as_select())
            .first(conn)?)
    }

    /// What the gateway needs to know of the key with this id, whosever it is.
    /// `limits` finds the tenant's limits.
    pub fn record(
        conn: &mut DbConnection,
        id: &KeyId,
        limits: impl FnOnce(&Tenant) -> Result<Arc<TenantLimits>, ApiError>,
    ) -> Result<Option<KeyRecord>, ApiError> {
        let found = api_keys::table
            .inner_join(tenants::table.on(tenants::id.eq(api_keys::tenant_id)))
            .filter(api_keys::id.eq(id.as_str()))
            .select((Self::as_select(), Tenant::as_select()))
            .first::<(Self, Tenant)>(conn)
            .optional()?;
        let Some((key, tenant)) = found else {
            return Ok(None);
        };
        let limits = limits(&tenant)?;
        let scopes = key.scope_set()?;
        Ok(Some(KeyRecord {
            id: KeyId::new(key.id.clone()),
            tenant_id: TenantId::new(key.tenant_id.clone()),
            limits,
            environment: key.environment()?,
            scopes,
            effective: scopes.minus(key.pending(scopes)).effective(),
            ip_allowlist: key
                .ip_ranges()
                .map(|range| {
                    shared::validate::ip_range(range)
                        .ok_or_else(|| ApiError::internal("a stored IP range is not one"))
                })
                .collect::<Result<_, _>>()?,
            dates: key.dates(),
            lineage_id: key.lineage_id,
            secret_hash: key.secret_hash,
            secret_version: key.secret_version,
            creator_email: key.creator_email,
        }))
    }

    /// A page of the tenant's keys.
    pub fn list(
        conn: &mut DbConnection,
        tenant: &TenantId,
        filter: &Filter,
        now: DateTime<Utc>,
    ) -> Result<Page<KeyView>, ApiError> {
        let matching = || {
            let mut query = api_keys::table
                .left_join(api_key_activity::table)
                .filter(api_keys::tenant_id.eq(tenant.as_str().to_owned()))
                .into_boxed();
            if let Some(search) = &filter.search {
                query = query.filter(
                    sql::<Bool>("(lower(api_keys.name) LIKE ")
                        .bind::<Text, _>(contains_pattern(search))
                        .sql(" ESCAPE '!')")
                        .or(api_keys::id.eq(searched_id(search))),
                );
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
        // One order on both databases: never used is earliest, and names sort
        // without regard to case.
        let last_used =
            || sql::<Timestamp>("COALESCE(api_key_activity.last_used_at, '1970-01-01 00:00:00')");
        let name = || sql::<Text>("lower(api_keys.name)");
        let page = matching();
        let page = match (filter.sort, filter.ascending) {
            (Sort::Created, true) => page.order(api_keys::created_at.asc()),
            (Sort::Created, false) => page.order(api_keys::created_at.desc()),
            (Sort::LastUsed, true) => page.order(last_used().asc()),
            (Sort::LastUsed, false) => page.order(last_used().desc()),
            (Sort::Name, true) => page.order(name().asc()),
            (Sort::Name, false) => page.order(name().desc()),
        };
        let rows: Vec<(Self, Option<NaiveDateTime>)> = page
            .then_order_by(api_keys::id)
            .select((Self::as_select(), api_key_activity::last_used_at.nullable()))
            .limit(filter.limit)
            .offset(filter.offset)
            .load(conn)?;
        let shown = filter.offset + i64::try_from(rows.len()).map_err(ApiError::internal)?;
        Ok(Page {
            data: views(conn, tenant, rows, now)?,
            total: total.unsigned_abs(),
            next_cursor: (shown < total).then(|| shown.to_string()),
        })
    }

    /// The key as clients see it.
    pub fn view(self, conn: &mut DbConnection, now: DateTime<Utc>) -> Result<KeyView, ApiError> {
        let last_used_at = api_key_activity::table
            .find(&self.id)
            .select(api_key_activity::last_used_at)
            .first(conn)
            .optional()?;
        let tenant = TenantId::new(self.tenant_id.clone());
        let mut views = views(conn, &tenant, vec![(self, last_used_at)], now)?;
        views.pop().ok_or_else(|| ErrorCode::NotFound.into())
    }

    /// Revokes the tenant's key, once.
    pub fn revoke(
        conn: &mut DbConnection,
        tenant: &TenantId,
        id: &KeyId,
        now: DateTime<Utc>,
    ) -> Result<Self, ApiError> {
        // Asked before and again while writing, so that of two calls at once one loses.
        if Self::get(conn, tenant, id)?.dates().status(now) == KeyStatus::Revoked {
            return Err(ErrorCode::KeyAlreadyRevoked.into());
        }
        let revoked = diesel::update(
            api_keys::table
                .filter(api_keys::tenant_id.eq(tenant.as_str()))
                .filter(api_keys::id.eq(id.as_str()))
                .filter(api_keys::revoked_at.is_null()),
        )
        .set(api_keys::revoked_at.eq(now.naive_utc()))
        .execute(conn)?;
        if revoked == 0 {
            return Err(ErrorCode::KeyAlreadyRevoked.into());
        }
        Change::log(conn, Subject::Key, id.as_str())?;
        Self::get(conn, tenant, id)
    }

    /// The dates that decide its status.
    pub fn dates(&self) -> KeyDates {
        let utc = |date: Option<NaiveDateTime>| date.map(|date| date.and_utc());
        KeyDates {
            expires_at: utc(self.expires_at),
            grace_until: utc(self.grace_until),
            disabled_at: utc(self.disabled_at),
            revoked_at: utc(self.revoked_at),
        }
    }

    /// What it was given.
    pub fn scope_set(&self) -> Result<ScopeSet, ApiError> {
        self.scopes.parse().map_err(ApiError::internal)
    }

    fn pending(&self, scopes: ScopeSet) -> ScopeSet {
        let needing = scopes.iter().filter(|scope| scope.needs_approval());
        if self.bulk_approved_at.is_some() {
            ScopeSet::EMPTY
        } else {
            needing.collect()
        }
    }

    fn environment(&self) -> Result<Environment, ApiError> {
        self.environment.parse().map_err(ApiError::internal)
    }

    fn ip_ranges(&self) -> impl Iterator<Item = &str> {
        self.ip_allowlist
            .split(',')
            .filter(|range| !range.is_empty())
    }
}

/// Rows as clients see them, with their usage read in one go.
fn views(
    conn: &mut DbConnection,
    tenant: &TenantId,
    rows: Vec<(ApiKey, Option<NaiveDateTime>)>,
    now: DateTime<Utc>,
) -> Result<Vec<KeyView>, ApiError> {
    let lineages = rows.iter().map(|(key, _)| key.lineage_id.clone()).collect();
    let usage = usage::of_lineages(conn, tenant, lineages, now)?;
    rows.into_iter()
        .map(|(key, last_used_at)| {
            let scopes = key.scope_set()?;
            let environment = key.environment()?;
            Ok(KeyView {
                masked_key: format::masked(environment, &key.id, &key.mask_suffix),
                environment,
                permissions: scopes.iter().collect::<Vec<Scope>>(),
                pending_permissions: key.pending(scopes).iter().collect(),
                status: key.dates().status(now),
                created_at: key.created_at.and_utc(),
                created_by: KeyCreator {
                    kind: match key.creator_kind.as_str() {
                        "key" => CreatorKind::Key,
                        _ => CreatorKind::User,
                    },
                    id: key.creator_id.clone(),
                    email: key.creator_email.clone(),
                },
                last_used_at: last_used_at.map(|date| date.and_utc()),
                expires_at: key.dates().expires_at,
                grace_until: key.dates().grace_until,
                ip_allowlist: key.ip_ranges().map(str::to_owned).collect(),
                recoverable: false,
                usage: usage.get(&key.lineage_id).copied().unwrap_or_default(),
                lineage_id: key.lineage_id,
                id: KeyId::new(key.id),
                name: key.name,
                description: key.description,
            })
        })
        .collect()
}

/// A pattern for `LIKE … ESCAPE '!'` that finds `text` anywhere, in lower case.
pub fn contains_pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// The id that a search may mean: `key_…`, `pm_live_<12>…` as the card shows it,
/// or a whole key of which the page has cut off the secret part.
fn searched_id(search: &str) -> String {
    let public = Environment::ALL
        .iter()
        .find_map(|environment| search.strip_prefix(environment.key_prefix()));
    match public {
        Some(rest) => format!(
            "{}{}",
            KeyId::PREFIX,
            rest.chars().take(12).collect::<String>()
        ),
        None => search.to_owned(),
    }
}
