//! API keys created by other keys, directly or through keys that those created.

use super::ApiKey;
use crate::{
    db::{self, DbConnection},
    error::ApiError,
    schema::api_keys,
};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{Array, Text},
};
use shared::{
    ids::{KeyId, TenantId},
    key::{KeyDates, KeyStatus},
};
use std::collections::HashMap;

/// Finds the descendants of some keys in one query, regardless of the length of the chain of
/// creators: a key that rotates itself each day adds one to it. `ROOTS` selects the keys' ids.
const QUERY: &str = "
    WITH RECURSIVE creators (id) AS (
        ROOTS
        UNION
        SELECT api_keys.id FROM api_keys JOIN creators ON api_keys.creator_id = creators.id
        WHERE api_keys.creator_kind = 'key' AND api_keys.tenant_id = $1
    )
    SELECT id, creator_id, expires_at, grace_until, disabled_at, revoked_at FROM api_keys
    WHERE tenant_id = $1 AND creator_kind = 'key' AND creator_id IN (SELECT id FROM creators)
    ORDER BY created_at, id";

/// The columns that decide whether a key descends from another and can still be revoked.
#[derive(QueryableByName)]
#[diesel(table_name = api_keys)]
struct CreatedByKey {
    id: String,
    creator_id: String,
    expires_at: Option<NaiveDateTime>,
    grace_until: Option<NaiveDateTime>,
    disabled_at: Option<NaiveDateTime>,
    revoked_at: Option<NaiveDateTime>,
}

impl CreatedByKey {
    fn is_revoked(&self, now: DateTime<Utc>) -> bool {
        let utc = |date: Option<NaiveDateTime>| date.map(|date| date.and_utc());
        let dates = KeyDates {
            expires_at: utc(self.expires_at),
            grace_until: utc(self.grace_until),
            disabled_at: utc(self.disabled_at),
            revoked_at: utc(self.revoked_at),
        };
        dates.status(now) == KeyStatus::Revoked
    }
}

/// The keys that some keys have created, transitively.
pub struct Descendants(HashMap<String, Vec<CreatedByKey>>);

impl Descendants {
    pub fn load(
        conn: &mut DbConnection,
        tenant: &TenantId,
        creators: &[&str],
    ) -> Result<Self, ApiError> {
        let rows: Vec<CreatedByKey> = match conn {
            DbConnection::Postgres(conn) => sql_query(QUERY.replace("ROOTS", "SELECT unnest($2)"))
                .bind::<Text, _>(tenant.as_str())
                .bind::<Array<Text>, _>(creators)
                .load(conn)?,
            DbConnection::Sqlite(conn) => {
                let creators = serde_json::to_string(creators).map_err(ApiError::internal)?;
                // SQLite numbers `$1` by its first appearance, and `?1` by its number.
                let query = QUERY.replace("ROOTS", "SELECT value FROM json_each($2)");
                sql_query(query.replace('$', "?"))
                    .bind::<Text, _>(tenant.as_str())
                    .bind::<Text, _>(creators)
                    .load(conn)?
            }
        };
        let mut created: HashMap<String, Vec<CreatedByKey>> = HashMap::new();
        for row in rows {
            created.entry(row.creator_id.clone()).or_default().push(row);
        }
        Ok(Self(created))
    }

    /// Returns the descendants of a creator that are not revoked, ancestors first.
    pub fn not_revoked(&self, creator: &str, now: DateTime<Utc>) -> Vec<KeyId> {
        let mut found = Vec::new();
        let mut creators = vec![creator];
        while let Some(creator) = creators.pop() {
            for key in self.0.get(creator).into_iter().flatten() {
                creators.push(&key.id);
                if !key.is_revoked(now) {
                    found.push(KeyId::new(&*key.id));
                }
            }
        }
        found
    }
}

impl ApiKey {
    /// Locks the creation of this tenant's keys by keys, and the revocation of keys with their
    /// descendants, until the end of the transaction. Otherwise a key could create another one
    /// while its descendants are being revoked. Take it before a key's lock.
    pub fn lock_creations(conn: &mut DbConnection, tenant: &TenantId) -> Result<(), ApiError> {
        db::lock(
            conn,
            &format!("keys created by keys of {}", tenant.as_str()),
        )
    }

    /// Returns the keys that this one has created, transitively, and that are not revoked.
    pub fn descendants(
        &self,
        conn: &mut DbConnection,
        now: DateTime<Utc>,
    ) -> Result<Vec<KeyId>, ApiError> {
        let tenant = TenantId::new(&*self.tenant_id);
        let descendants = Descendants::load(conn, &tenant, &[&self.id])?;
        Ok(descendants.not_revoked(&self.id, now))
    }
}
