//! Backfill of migration 111: splits the counts for all keys by environment.

use crate::models::usage::rollup::{RowKey, Sum};
use crate::{
    db::{self, Database, DbConnection},
    error::ApiError,
    models::api_key::{ApiKey, VisibleKeys},
    schema::{tenants, usage_rollups},
    usage::{histogram::Histogram, rollup_interval::RollupInterval},
};
use chrono::NaiveDateTime;
use diesel::{
    ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper, dsl::sql, sql_types::Bool,
};
use shared::{ids::TenantId, key::Environment};
use std::collections::BTreeMap;

/// Lineage of the old rows for the keys of both environments.
const BOTH_ENVIRONMENTS: &str = "";

/// Old rows that one transaction replaces. It can be more, because buckets are replaced as a whole.
const BATCH_SIZE: i64 = 500;

/// Lineages that one query reads; SQLite limits the number of parameters.
const LINEAGES_BATCH_SIZE: usize = 500;

/// Replaces the old rows by rows for each environment, which it computes from the rows of the keys.
/// Idempotent, and safe to interrupt or to run in several processes at once: each transaction
/// computes whole buckets and deletes their old rows.
pub fn split_by_environment(db: &Database) -> Result<(), ApiError> {
    let mut replaced = 0;
    for tenant in db.write_blocking(affected_tenants)? {
        loop {
            let batch = db.write_blocking(|conn| split_batch(conn, &tenant))?;
            if batch == 0 {
                break;
            }
            replaced += batch;
        }
    }
    if replaced > 0 {
        tracing::info!(rows = replaced, "split usage counts by environment");
    }
    Ok(())
}

/// Returns the tenants that have old rows, with one lookup by primary key for each tenant: a subquery
/// with a limit cannot become a scan of all counts.
fn affected_tenants(conn: &mut DbConnection) -> Result<Vec<TenantId>, ApiError> {
    let has_rows = sql::<Bool>(
        "(SELECT 1 FROM usage_rollups WHERE usage_rollups.tenant_id = tenants.id \
         AND usage_rollups.lineage_id = '' LIMIT 1) IS NOT NULL",
    );
    let ids: Vec<String> = tenants::table
        .filter(has_rows)
        .select(tenants::id)
        .load(conn)?;
    Ok(ids.into_iter().map(TenantId::new).collect())
}

/// Replaces the first old rows of a tenant. Returns their number.
fn split_batch(conn: &mut DbConnection, tenant: &TenantId) -> Result<usize, ApiError> {
    // Counts are added under the same lock.
    db::lock(conn, "usage")?;
    let Some(batch) = Batch::first(conn, tenant)? else {
        return Ok(0);
    };
    for environment in Environment::ALL {
        batch.replace(conn, environment)?;
    }
    batch.delete(conn, BOTH_ENVIRONMENTS)
}

/// Consecutive buckets of one length.
struct Batch<'a> {
    tenant: &'a TenantId,
    interval: RollupInterval,
    first: NaiveDateTime,
    last: NaiveDateTime,
}

/// A row of a key.
#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = usage_rollups)]
struct KeyRow {
    bucket: NaiveDateTime,
    route: String,
    status: i32,
    source: String,
    requests: i64,
    latency_us_sum: i64,
    latency: Vec<u8>,
    not_logged: i64,
}

impl<'a> Batch<'a> {
    /// Returns the first buckets with old rows.
    fn first(conn: &mut DbConnection, tenant: &'a TenantId) -> Result<Option<Self>, ApiError> {
        let rows: Vec<(i32, NaiveDateTime)> = usage_rollups::table
            .filter(usage_rollups::tenant_id.eq(tenant.as_str()))
            .filter(usage_rollups::lineage_id.eq(BOTH_ENVIRONMENTS))
            .order((usage_rollups::resolution_secs, usage_rollups::bucket))
            .select((usage_rollups::resolution_secs, usage_rollups::bucket))
            .limit(BATCH_SIZE)
            .load(conn)?;
        let Some((secs, first)) = rows.first().copied() else {
            return Ok(None);
        };
        let interval = RollupInterval::ALL
            .into_iter()
            .find(|interval| interval.secs() == secs)
            .ok_or_else(|| ApiError::internal("counts of an unknown interval"))?;
        let of_same_length = rows.iter().take_while(|(length, _)| *length == secs);
        let last = of_same_length.last().map_or(first, |(_, bucket)| *bucket);
        Ok(Some(Self {
            tenant,
            interval,
            first,
            last,
        }))
    }

    /// Computes the rows of an environment from those of its keys.
    fn replace(&self, conn: &mut DbConnection, environment: Environment) -> Result<(), ApiError> {
        self.delete(conn, environment.as_str())?;
        let keys = VisibleKeys {
            tenant: self.tenant.clone(),
            environment: Some(environment),
        };
        let mut sums: BTreeMap<_, Sum> = BTreeMap::new();
        for lineages in ApiKey::lineages(conn, &keys)?.chunks(LINEAGES_BATCH_SIZE) {
            for row in self.rows(conn, lineages)? {
                let id = (row.bucket, row.route, row.status, row.source);
                let sum = sums.entry(id).or_default();
                sum.requests += row.requests.unsigned_abs();
                sum.not_logged += row.not_logged.unsigned_abs();
                sum.latency_us += row.latency_us_sum.unsigned_abs();
                sum.latency.merge(&Histogram::from_bytes(&row.latency));
            }
        }
        for ((bucket, route, status, source), sum) in &sums {
            let row = RowKey {
                tenant: self.tenant,
                lineage: environment.as_str(),
                interval: self.interval,
                bucket: *bucket,
                key: "",
                route,
                status: u16::try_from(*status).map_err(ApiError::internal)?,
                source,
            };
            row.add(conn, sum)?;
        }
        Ok(())
    }

    fn rows(&self, conn: &mut DbConnection, lineages: &[String]) -> Result<Vec<KeyRow>, ApiError> {
        Ok(usage_rollups::table
            .filter(usage_rollups::tenant_id.eq(self.tenant.as_str()))
            .filter(usage_rollups::lineage_id.eq_any(lineages))
            .filter(usage_rollups::resolution_secs.eq(self.interval.secs()))
            .filter(usage_rollups::bucket.between(self.first, self.last))
            .select(KeyRow::as_select())
            .load(conn)?)
    }

    fn delete(&self, conn: &mut DbConnection, lineage: &str) -> Result<usize, ApiError> {
        let rows = usage_rollups::table
            .filter(usage_rollups::tenant_id.eq(self.tenant.as_str()))
            .filter(usage_rollups::lineage_id.eq(lineage))
            .filter(usage_rollups::resolution_secs.eq(self.interval.secs()))
            .filter(usage_rollups::bucket.between(self.first, self.last));
        Ok(diesel::delete(rows).execute(conn)?)
    }
}
