//! Usage of keys, as on their cards. Excludes calls with playground tokens.

use crate::{
    db::DbConnection,
    error::ApiError,
    models::api_key,
    schema::{api_keys, usage_rollups},
    usage::{recorder::Source, rollup_interval::RollupInterval},
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, dsl::sql, sql_types::BigInt};
use shared::{
    ids::TenantId,
    key::KeyUsage,
    operation::{OPERATIONS, Operation},
};
use std::collections::HashMap;

/// Period in which a permission must have been used to count as used.
pub const UNUSED_AFTER: TimeDelta = TimeDelta::days(30);

/// Usage of several keys.
#[derive(Default)]
pub struct KeysUsage {
    keys: HashMap<String, KeyUsage>,
    operations: HashMap<String, Vec<&'static Operation>>,
}

impl KeysUsage {
    /// Loads the usage of all keys of these lineages.
    pub fn load(
        conn: &mut DbConnection,
        tenant: &TenantId,
        lineages: &[String],
        now: DateTime<Utc>,
    ) -> Result<Self, ApiError> {
        let mut usage = Self::default();
        usage.load_totals(conn, tenant, lineages)?;
        // Whole hours are read from the rows by hour, the first partial hour from those by minute.
        let since = now - TimeDelta::hours(24);
        let first_hour = RollupInterval::Hour.bucket(since) + TimeDelta::hours(1);
        let first_minute = RollupInterval::Minute.bucket(since);
        usage.load_recent(
            conn,
            tenant,
            lineages,
            RollupInterval::Hour,
            first_hour,
            None,
        )?;
        let rest = (RollupInterval::Minute, first_minute, Some(first_hour));
        usage.load_recent(conn, tenant, lineages, rest.0, rest.1, rest.2)?;
        usage.load_operations(conn, tenant, lineages, now)?;
        usage.add_successors(conn, tenant, lineages, now)?;
        Ok(usage)
    }

    /// Returns the usage of a key.
    pub fn of(&self, key_id: &str) -> KeyUsage {
        self.keys.get(key_id).copied().unwrap_or_default()
    }

    /// Returns the operations that a key called successfully in the last 30 days.
    pub fn operations(&self, key_id: &str) -> &[&'static Operation] {
        self.operations.get(key_id).map_or(&[], Vec::as_slice)
    }

    /// Adds to each key the usage of the keys that have replaced it and are not revoked.
    fn add_successors(
        &mut self,
        conn: &mut DbConnection,
        tenant: &TenantId,
        lineages: &[String],
        now: DateTime<Utc>,
    ) -> Result<(), ApiError> {
        type Row = (String, String, Option<NaiveDateTime>, Option<NaiveDateTime>);
        let keys: Vec<Row> = api_keys::table
            .filter(api_keys::tenant_id.eq(tenant.as_str()))
            .filter(api_keys::lineage_id.eq_any(lineages))
            .order(api_key::oldest_first())
            .select((
                api_keys::id,
                api_keys::lineage_id,
                api_keys::revoked_at,
                api_keys::grace_until,
            ))
            .load(conn)?;
        let mut sums: HashMap<String, u64> = HashMap::new();
        for (id, lineage, revoked_at, grace_until) in keys.into_iter().rev() {
            let sum = sums.entry(lineage).or_default();
            let usage = self.keys.entry(id).or_default();
            usage.successors_last_24h = *sum;
            let is_revoked =
                revoked_at.is_some() || grace_until.is_some_and(|it| it.and_utc() <= now);
            if !is_revoked {
                *sum += usage.last_24h;
            }
        }
        Ok(())
    }

    fn load_totals(
        &mut self,
        conn: &mut DbConnection,
        tenant: &TenantId,
        lineages: &[String],
    ) -> Result<(), ApiError> {
        let failed = sql::<BigInt>(
            "CAST(COALESCE(SUM(CASE WHEN status >= 400 THEN requests ELSE 0 END), 0) AS BIGINT)",
        );
        let totals: Vec<(String, i64, i64)> = usage_rollups::table
            .filter(usage_rollups::tenant_id.eq(tenant.as_str()))
            .filter(usage_rollups::resolution_secs.eq(RollupInterval::AllTime.secs()))
            .filter(usage_rollups::source.eq(Source::Api.as_str()))
            .filter(usage_rollups::lineage_id.eq_any(lineages))
            .group_by(usage_rollups::key_id)
            .select((usage_rollups::key_id, sql::<BigInt>(COUNT), failed))
            .load(conn)?;
        for (key, total, failed) in totals {
            let usage = self.keys.entry(key).or_default();
            usage.total_requests = total.unsigned_abs();
            if total > 0 {
                usage.error_rate = failed as f64 / total as f64;
            }
        }
        Ok(())
    }

    fn load_recent(
        &mut self,
        conn: &mut DbConnection,
        tenant: &TenantId,
        lineages: &[String],
        interval: RollupInterval,
        from: NaiveDateTime,
        before: Option<NaiveDateTime>,
    ) -> Result<(), ApiError> {
        let mut query = usage_rollups::table
            .filter(usage_rollups::tenant_id.eq(tenant.as_str().to_owned()))
            .filter(usage_rollups::resolution_secs.eq(interval.secs()))
            .filter(usage_rollups::source.eq(Source::Api.as_str()))
            .filter(usage_rollups::lineage_id.eq_any(lineages.to_vec()))
            .filter(usage_rollups::bucket.ge(from))
            .group_by(usage_rollups::key_id)
            .select((usage_rollups::key_id, sql::<BigInt>(COUNT)))
            .into_boxed();
        if let Some(before) = before {
            query = query.filter(usage_rollups::bucket.lt(before));
        }
        let rows: Vec<(String, i64)> = query.load(conn)?;
        for (key, requests) in rows {
            let usage = self.keys.entry(key).or_default();
            usage.last_24h += requests.unsigned_abs();
            usage.own_last_24h = usage.last_24h;
        }
        Ok(())
    }

    fn load_operations(
        &mut self,
        conn: &mut DbConnection,
        tenant: &TenantId,
        lineages: &[String],
        now: DateTime<Utc>,
    ) -> Result<(), ApiError> {
        let since = RollupInterval::Day.bucket(now - UNUSED_AFTER);
        let rows: Vec<(String, String)> = usage_rollups::table
            .filter(usage_rollups::tenant_id.eq(tenant.as_str()))
            .filter(usage_rollups::resolution_secs.eq(RollupInterval::Day.secs()))
            .filter(usage_rollups::bucket.ge(since))
            .filter(usage_rollups::status.lt(400))
            .filter(usage_rollups::source.eq(Source::Api.as_str()))
            .filter(usage_rollups::lineage_id.eq_any(lineages))
            .select((usage_rollups::key_id, usage_rollups::route))
            .distinct()
            .load(conn)?;
        for (key, route) in rows {
            let named = OPERATIONS
                .iter()
                .find(|operation| operation.route() == route);
            self.operations.entry(key).or_default().extend(named);
        }
        Ok(())
    }
}

/// Cast, because sums have different types in the two databases.
const COUNT: &str = "CAST(COALESCE(SUM(requests), 0) AS BIGINT)";
