//! API keys and their last use.

mod change;
mod cursor;
mod descendants;
mod list;
mod new;
mod view;

pub use change::normalised;
pub use cursor::{KeyCursor, Sort};
use descendants::Descendants;
pub use list::KeyFilter;
pub use new::Creator;

use crate::{
    db::DbConnection,
    error::ApiError,
    keys::cache::KeyRecord,
    keys::sunset::Sunset,
    models::{
        change::{Change, Subject},
        search::fold,
        tenant::Tenant,
    },
    rate_limit::TenantLimits,
    schema::{api_keys, tenants},
};
use chrono::NaiveDateTime;
use diesel::{
    ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper,
    dsl::IsNull,
};
use ipnet::IpNet;
use shared::{
    ids::{KeyId, TenantId},
    key::{Environment, KeyDates, KeyGrant},
    scope::ScopeSet,
};
use std::sync::{Arc, OnceLock};

/// A row of `api_keys`. Without `Debug`, because it holds the key's stored form.
#[derive(
    Clone,
    PartialEq,
    Eq,
    diesel::Queryable,
    diesel::Selectable,
    diesel::Insertable,
    diesel::AsChangeset,
)]
#[diesel(table_name = api_keys, treat_none_as_null = true)]
pub struct ApiKey {
    pub id: String,
    pub tenant_id: String,
    /// Id of the first key of those that replaced each other.
    pub lineage_id: String,
    pub name: String,
    pub description: String,
    /// An [`Environment`]: `live` or `test`.
    pub environment: String,
    /// In the format of [`ScopeSet`].
    pub scopes: String,
    /// Time at which bulk sending was approved.
    pub bulk_approved_at: Option<NaiveDateTime>,
    /// IP ranges, separated by commas; empty for any address.
    pub ip_allowlist: String,
    /// bcrypt of the peppered key.
    pub secret_hash: String,
    /// Version of the secret key that the pepper was derived from.
    pub secret_version: i32,
    /// Last characters of the masked key.
    pub mask_suffix: String,
    pub created_at: NaiveDateTime,
    /// Actor kind: `user` or `key`.
    pub creator_kind: String,
    pub creator_id: String,
    /// Email address of the user the key originates from.
    pub creator_email: String,
    pub expires_at: Option<NaiveDateTime>,
    /// End of the grace period after a rotation.
    pub grace_until: Option<NaiveDateTime>,
    pub disabled_at: Option<NaiveDateTime>,
    pub revoked_at: Option<NaiveDateTime>,
    /// The encrypted key, if it is recoverable.
    pub sealed_key: Option<String>,
    pub rotated_at: Option<NaiveDateTime>,
}

/// The order of keys that replaced each other. Of two that are equally old, the one that
/// took the other's place comes last.
pub fn oldest_first() -> (
    api_keys::created_at,
    IsNull<api_keys::rotated_at>,
    api_keys::id,
) {
    let is_newest = api_keys::rotated_at.is_null();
    (api_keys::created_at, is_newest, api_keys::id)
}

/// The keys that a caller can see: all of a tenant's, or those of one environment.
#[derive(Debug, Clone)]
pub struct VisibleKeys {
    pub tenant: TenantId,
    /// The only environment whose keys are visible; `None` for both.
    pub environment: Option<Environment>,
}

impl VisibleKeys {
    pub fn all_of(tenant: TenantId) -> Self {
        Self {
            tenant,
            environment: None,
        }
    }
}

impl ApiKey {
    /// Inserts a new key. Call it in the transaction of everything that refers to the key.
    pub fn insert(&self, conn: &mut DbConnection) -> Result<(), ApiError> {
        diesel::insert_into(api_keys::table)
            .values((self, api_keys::name_folded.eq(fold(&self.name))))
            .execute(conn)?;
        Change::log(conn, Subject::Key, &self.id)
    }

    /// Backfills the folded names of up to `limit` keys.
    pub fn fold_names(conn: &mut DbConnection, limit: i64) -> Result<usize, ApiError> {
        let rows: Vec<(String, String)> = api_keys::table
            .filter(api_keys::name_folded.eq(""))
            .order(api_keys::id)
            .limit(limit)
            .select((api_keys::id, api_keys::name))
            .load(conn)?;
        for (id, name) in &rows {
            diesel::update(api_keys::table.find(id))
                .set(api_keys::name_folded.eq(fold(name)))
                .execute(conn)?;
        }
        Ok(rows.len())
    }

    /// Returns the visible key with this id.
    pub fn get(
        conn: &mut DbConnection,
        visible: &VisibleKeys,
        id: &KeyId,
    ) -> Result<Self, ApiError> {
        let mut query = api_keys::table
            .filter(api_keys::tenant_id.eq(visible.tenant.as_str()))
            .filter(api_keys::id.eq(id.as_str()))
            .select(Self::as_select())
            .into_boxed();
        if let Some(environment) = visible.environment {
            query = query.filter(api_keys::environment.eq(environment.as_str()));
        }
        Ok(query.first(conn)?)
    }

    /// Returns the lineages of the visible keys. Keys that replaced each other share one.
    pub fn lineages(
        conn: &mut DbConnection,
        visible: &VisibleKeys,
    ) -> Result<Vec<String>, ApiError> {
        let mut query = api_keys::table
            .filter(api_keys::tenant_id.eq(visible.tenant.as_str()))
            .select(api_keys::lineage_id)
            .distinct()
            .into_boxed();
        if let Some(environment) = visible.environment {
            query = query.filter(api_keys::environment.eq(environment.as_str()));
        }
        Ok(query.load(conn)?)
    }

    /// Loads the gateway's record of the key with this id, of any tenant. `limits` returns the
    /// tenant's limits.
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
            effective: scopes.minus(key.pending()?).effective(),
            ip_allowlist: key.ip_ranges()?,
            sunset: Sunset::new(&key.dates(), key.rotated_at.map(|date| date.and_utc())),
            whoami_prefix: OnceLock::new(),
            dates: key.dates(),
            lineage_id: key.lineage_id,
            secret_hash: key.secret_hash,
            secret_version: key.secret_version,
            creator_email: key.creator_email,
        }))
    }

    /// Returns the dates that determine the status.
    pub fn dates(&self) -> KeyDates {
        let utc = |date: Option<NaiveDateTime>| date.map(|date| date.and_utc());
        KeyDates {
            expires_at: utc(self.expires_at),
            grace_until: utc(self.grace_until),
            disabled_at: utc(self.disabled_at),
            revoked_at: utc(self.revoked_at),
        }
    }

    /// Returns the granted scopes.
    pub fn scope_set(&self) -> Result<ScopeSet, ApiError> {
        self.scopes.parse().map_err(ApiError::internal)
    }

    /// Returns the scopes that have no effect until an Admin approves them.
    pub fn pending(&self) -> Result<ScopeSet, ApiError> {
        let scopes = self.scope_set()?;
        if self.bulk_approved_at.is_some() {
            return Ok(ScopeSet::EMPTY);
        }
        Ok(scopes.needing_approval())
    }

    pub fn environment(&self) -> Result<Environment, ApiError> {
        self.environment.parse().map_err(ApiError::internal)
    }

    fn ip_range_texts(&self) -> impl Iterator<Item = &str> {
        self.ip_allowlist
            .split(',')
            .filter(|range| !range.is_empty())
    }

    fn ip_ranges(&self) -> Result<Vec<IpNet>, ApiError> {
        self.ip_range_texts()
            .map(|range| {
                shared::validate::ip_range(range)
                    .ok_or_else(|| ApiError::internal("a stored IP range is not one"))
            })
            .collect()
    }

    /// Returns everything that the key can be used for.
    pub fn grant(&self) -> Result<KeyGrant, ApiError> {
        Ok(KeyGrant {
            scopes: self.scope_set()?,
            pending: self.pending()?,
            environment: self.environment()?,
            expires_at: self.dates().expires_at,
            ip_ranges: self.ip_ranges()?,
        })
    }
}
