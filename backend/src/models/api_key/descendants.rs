//! Keys that other keys have created: directly, or through keys that those created.

use super::ApiKey;
use crate::{
    db::{self, DbConnection},
    error::ApiError,
    schema::api_keys,
};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};
use shared::{
    ids::{KeyId, TenantId},
    key::{KeyDates, KeyStatus},
};
use std::collections::HashMap;

/// How many creators are looked up in one query; SQLite bounds the number of parameters.
const CREATORS_BATCH_SIZE: usize = 500;

/// As much of a key as decides whether it descends from another and can still be revoked.
#[derive(Queryable, Selectable)]
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
    /// Loads them, generation by generation. One indexed query if there are none.
    pub fn load(
        conn: &mut DbConnection,
        tenant: &TenantId,
        creators: impl IntoIterator<Item = String>,
    ) -> Result<Self, ApiError> {
        let mut created: HashMap<String, Vec<CreatedByKey>> = HashMap::new();
        let mut generation: Vec<String> = creators.into_iter().collect();
        while !generation.is_empty() {
            let mut next = Vec::new();
            for creators in generation.chunks(CREATORS_BATCH_SIZE) {
                let rows: Vec<CreatedByKey> = api_keys::table
                    .filter(api_keys::tenant_id.eq(tenant.as_str()))
                    .filter(api_keys::creator_kind.eq("key"))
                    .filter(api_keys::creator_id.eq_any(creators))
                    .order((api_keys::created_at, api_keys::id))
                    .select(CreatedByKey::as_select())
                    .load(conn)?;
                for row in rows {
                    next.push(row.id.clone());
                    created.entry(row.creator_id.clone()).or_default().push(row);
                }
            }
            // A creator may also descend from another one: its keys are known already.
            next.retain(|id| !created.contains_key(id));
            generation = next;
        }
        Ok(Self(created))
    }

    /// The descendants of one of the creators that are not revoked, ancestors first.
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
    /// Waits until the end of the transaction for everyone else who creates keys of this
    /// tenant with a key, or revokes keys with their descendants. Without it a key could
    /// create another one while its descendants are revoked. Take it before a key's lock.
    pub fn lock_creations(conn: &mut DbConnection, tenant: &TenantId) -> Result<(), ApiError> {
        db::lock(
            conn,
            &format!("keys created by keys of {}", tenant.as_str()),
        )
    }

    /// The keys that this one has created, transitively, and that are not revoked.
    pub fn descendants(
        &self,
        conn: &mut DbConnection,
        now: DateTime<Utc>,
    ) -> Result<Vec<KeyId>, ApiError> {
        let tenant = TenantId::new(&*self.tenant_id);
        let descendants = Descendants::load(conn, &tenant, [self.id.clone()])?;
        Ok(descendants.not_revoked(&self.id, now))
    }
}
