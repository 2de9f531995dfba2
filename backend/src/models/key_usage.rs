//! How much keys were used: what their cards show. Playground calls left out.

use crate::{
    db::DbConnection,
    error::ApiError,
    schema::usage_rollups,
    usage::{recorder::Source, resolution::Resolution},
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, dsl::sql, sql_types::BigInt};
use shared::{
    ids::TenantId,
    key::KeyUsage,
    operation::{OPERATIONS, Operation},
};
use std::collections::HashMap;

/// How far back a permission counts as used.
pub const UNUSED_AFTER: TimeDelta = TimeDelta::days(30);

/// The use of some keys, each together with those that it has replaced.
#[derive(Default)]
pub struct KeysUsage {
    lineages: HashMap<String, KeyUsage>,
    own_last_24h: HashMap<String, u64>,
    operations: HashMap<String, Vec<&'static Operation>>,
}

impl KeysUsage {
    /// Reads it for all keys of these lineages.
    pub fn load(
        conn: &mut DbConnection,
        tenant: &TenantId,
        lineages: &[String],
        now: DateTime<Utc>,
    ) -> Result<Self, ApiError> {
        let mut usage = Self::default();
        usage.load_totals(conn, tenant, lineages)?;
        // Whole hours from the hour rows, the hour in which the window begins by minute.
        let since = now - TimeDelta::hours(24);
        let first_hour = Resolution::Hour.bucket(since) + TimeDelta::hours(1);
        let first_minute = Resolution::Minute.bucket(since);
        usage.load_recent(conn, tenant, lineages, Resolution::Hour, first_hour, None)?;
        let rest = (Resolution::Minute, first_minute, Some(first_hour));
        usage.load_recent(conn, tenant, lineages, rest.0, rest.1, rest.2)?;
        usage.load_operations(conn, tenant, lineages, now)?;
        Ok(usage)
    }

    /// How much a key was used.
    pub fn of(&self, key_id: &str, lineage_id: &str) -> KeyUsage {
        let lineage = self.lineages.get(lineage_id).copied();
        KeyUsage {
            own_last_24h: self.own_last_24h.get(key_id).copied().unwrap_or(0),
            ..lineage.unwrap_or_default()
        }
    }

    /// What a lineage did with success in the last 30 days.
    pub fn operations(&self, lineage_id: &str) -> &[&'static Operation] {
        self.operations.get(lineage_id).map_or(&[], Vec::as_slice)
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
            .filter(usage_rollups::resolution_secs.eq(Resolution::Ever.secs()))
            .filter(usage_rollups::source.eq(Source::Api.as_str()))
            .filter(usage_rollups::lineage_id.eq_any(lineages))
            .group_by(usage_rollups::lineage_id)
            .select((usage_rollups::lineage_id, sql::<BigInt>(COUNT), failed))
            .load(conn)?;
        for (lineage, total, failed) in totals {
            let usage = self.lineages.entry(lineage).or_default();
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
        resolution: Resolution,
        from: NaiveDateTime,
        before: Option<NaiveDateTime>,
    ) -> Result<(), ApiError> {
        let mut query = usage_rollups::table
            .filter(usage_rollups::tenant_id.eq(tenant.as_str().to_owned()))
            .filter(usage_rollups::resolution_secs.eq(resolution.secs()))
            .filter(usage_rollups::source.eq(Source::Api.as_str()))
            .filter(usage_rollups::lineage_id.eq_any(lineages.to_vec()))
            .filter(usage_rollups::bucket.ge(from))
            .group_by((usage_rollups::lineage_id, usage_rollups::key_id))
            .select((
                usage_rollups::lineage_id,
                usage_rollups::key_id,
                sql::<BigInt>(COUNT),
            ))
            .into_boxed();
        if let Some(before) = before {
            query = query.filter(usage_rollups::bucket.lt(before));
        }
        let rows: Vec<(String, String, i64)> = query.load(conn)?;
        for (lineage, key, requests) in rows {
            self.lineages.entry(lineage).or_default().last_24h += requests.unsigned_abs();
            *self.own_last_24h.entry(key).or_default() += requests.unsigned_abs();
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
        let since = Resolution::Day.bucket(now - UNUSED_AFTER);
        let rows: Vec<(String, String)> = usage_rollups::table
            .filter(usage_rollups::tenant_id.eq(tenant.as_str()))
            .filter(usage_rollups::resolution_secs.eq(Resolution::Day.secs()))
            .filter(usage_rollups::bucket.ge(since))
            .filter(usage_rollups::status.lt(400))
            .filter(usage_rollups::source.eq(Source::Api.as_str()))
            .filter(usage_rollups::lineage_id.eq_any(lineages))
            .select((usage_rollups::lineage_id, usage_rollups::route))
            .distinct()
            .load(conn)?;
        for (lineage, route) in rows {
            let named = OPERATIONS
                .iter()
                .find(|operation| operation.route() == route);
            self.operations.entry(lineage).or_default().extend(named);
        }
        Ok(())
    }
}

/// One expression for both databases, whose sums differ in type.
const COUNT: &str = "CAST(COALESCE(SUM(requests), 0) AS BIGINT)";
