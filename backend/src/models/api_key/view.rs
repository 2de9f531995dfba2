//! API responses of API keys.

use super::{ApiKey, Descendants};
use crate::{
    db::DbConnection,
    error::ApiError,
    keys::format,
    models::usage::key::{KeysUsage, UNUSED_AFTER},
    schema::{api_key_activity, api_key_refusals},
};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper};
use shared::{
    error::ErrorCode,
    ids::{KeyId, TenantId},
    key::{CreatorKind, KeyCreator, KeyRefusal, KeyStatus, KeyView},
    operation::unused,
    scope::Scope,
};
use std::collections::HashMap;

impl ApiKey {
    /// Converts the key to its API response.
    pub fn view(self, conn: &mut DbConnection, now: DateTime<Utc>) -> Result<KeyView, ApiError> {
        let last_use = api_key_activity::table
            .find(&self.id)
            .select(LastUse::as_select())
            .first(conn)
            .optional()?;
        let tenant = TenantId::new(self.tenant_id.clone());
        let mut views = views(conn, &tenant, vec![(self, last_use)], now)?;
        views.pop().ok_or_else(|| ErrorCode::NotFound.into())
    }
}

/// Time and IP address of a key's last use.
#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = api_key_activity)]
pub(super) struct LastUse {
    last_used_at: NaiveDateTime,
    last_used_address: Option<String>,
}

impl LastUse {
    /// Returns the time of the last use, or the epoch if there is none.
    pub(super) fn at(last_use: Option<&Self>) -> NaiveDateTime {
        last_use.map_or(DateTime::UNIX_EPOCH.naive_utc(), |last_use| {
            last_use.last_used_at
        })
    }
}

#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = api_key_refusals)]
struct Refusal {
    key_id: String,
    refused_at: NaiveDateTime,
    address: String,
    route: String,
    error: String,
}

impl Refusal {
    /// Loads the last refusal of each key.
    fn load(
        conn: &mut DbConnection,
        keys: &[&str],
    ) -> Result<HashMap<String, KeyRefusal>, ApiError> {
        let rows: Vec<Self> = api_key_refusals::table
            .filter(api_key_refusals::key_id.eq_any(keys))
            .select(Self::as_select())
            .load(conn)?;
        let views = rows.into_iter().filter_map(|row| {
            let error = ErrorCode::ALL.iter().find(|it| it.as_str() == row.error);
            let refusal = KeyRefusal {
                at: row.refused_at.and_utc(),
                address: row.address,
                route: row.route,
                // `None` for an error code that this version no longer has.
                error: *error?,
            };
            Some((row.key_id, refusal))
        });
        Ok(views.collect())
    }
}

/// Converts rows to API responses, loading their usage in one query.
pub(super) fn views(
    conn: &mut DbConnection,
    tenant: &TenantId,
    rows: Vec<(ApiKey, Option<LastUse>)>,
    now: DateTime<Utc>,
) -> Result<Vec<KeyView>, ApiError> {
    let lineages: Vec<_> = rows.iter().map(|(key, _)| key.lineage_id.clone()).collect();
    let usage = KeysUsage::load(conn, tenant, &lineages, now)?;
    let creators: Vec<_> = rows.iter().map(|(key, _)| key.id.as_str()).collect();
    let mut refusals = Refusal::load(conn, &creators)?;
    let descendants = Descendants::load(conn, tenant, &creators)?;
    rows.into_iter()
        .map(|(key, last_use)| {
            let scopes = key.scope_set()?;
            let environment = key.environment()?;
            let status = key.dates().status(now);
            let ended = matches!(status, KeyStatus::Expired | KeyStatus::Revoked);
            Ok(KeyView {
                version: key.version()?,
                masked_key: format::masked(environment, &key.id, &key.mask_suffix),
                environment,
                permissions: scopes.iter().collect::<Vec<Scope>>(),
                pending_permissions: key.pending()?.iter().collect(),
                status,
                created_at: key.created_at.and_utc(),
                created_by: KeyCreator {
                    kind: match key.creator_kind.as_str() {
                        "key" => CreatorKind::Key,
                        _ => CreatorKind::User,
                    },
                    id: key.creator_id.clone(),
                    email: key.creator_email.clone(),
                },
                created_keys: u32::try_from(descendants.not_revoked(&key.id, now).len())
                    .unwrap_or(u32::MAX),
                last_used_at: last_use.as_ref().map(|last| last.last_used_at.and_utc()),
                last_used_address: last_use.and_then(|last| last.last_used_address),
                last_refusal: refusals.remove(&key.id),
                expires_at: key.dates().expires_at,
                grace_until: key.dates().grace_until,
                ip_allowlist: key.ip_range_texts().map(str::to_owned).collect(),
                recoverable: key.sealed_key.is_some() && !ended,
                usage: usage.of(&key.id),
                unused_permissions: if key.created_at.and_utc() <= now - UNUSED_AFTER {
                    unused(scopes, usage.operations(&key.id)).iter().collect()
                } else {
                    Vec::new()
                },
                lineage_id: key.lineage_id,
                id: KeyId::new(key.id),
                name: key.name,
                description: key.description,
            })
        })
        .collect()
}
