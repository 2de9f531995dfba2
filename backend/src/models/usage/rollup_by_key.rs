//! Usage by key only, without routes and statuses: few rows, so that reports on many keys are fast.
//! Updated in the same transactions as `usage_rollups`.

use crate::{
    db::DbConnection,
    error::ApiError,
    models::usage::subject::Subject,
    schema::{api_keys, usage_by_key},
    usage::{recorder::MinuteRollup, rollup_interval::RollupInterval, time_range::RollupSegment},
};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    ExpressionMethods, QueryDsl, RunQueryDsl, dsl::sql, sql_types::BigInt, upsert::excluded,
};
use shared::ids::TenantId;
use std::collections::BTreeMap;

/// Number of requests and of failed requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    pub requests: u64,
    /// Requests with a status of 400 or above.
    pub errors: u64,
}

impl Count {
    /// Adds requests with this status.
    pub fn add(&mut self, status: i32, requests: u64) {
        self.requests += requests;
        if status >= 400 {
            self.errors += requests;
        }
    }
}

/// Counts to add, by row.
#[derive(Default)]
pub struct ByKey<'a>(BTreeMap<(&'a TenantId, RollupInterval, NaiveDateTime, &'a str), Count>);

impl<'a> ByKey<'a> {
    /// Adds counts at one interval.
    pub fn count(&mut self, counts: &'a MinuteRollup, interval: RollupInterval) {
        let bucket = interval.bucket(counts.minute);
        let row = (&counts.tenant_id, interval, bucket, &*counts.lineage_id);
        let count = self.0.entry(row).or_default();
        count.add(counts.status.into(), counts.requests);
    }

    /// Adds all counts to the stored rows.
    pub fn save(self, conn: &mut DbConnection) -> Result<(), ApiError> {
        for ((tenant, interval, bucket, lineage), count) in self.0 {
            let signed = |count| i64::try_from(count).map_err(ApiError::internal);
            let values = (
                usage_by_key::tenant_id.eq(tenant.as_str()),
                usage_by_key::resolution_secs.eq(interval.secs()),
                usage_by_key::bucket.eq(bucket),
                usage_by_key::lineage_id.eq(lineage),
                usage_by_key::requests.eq(signed(count.requests)?),
                usage_by_key::errors.eq(signed(count.errors)?),
            );
            macro_rules! upsert {
                ($conn:expr) => {
                    diesel::insert_into(usage_by_key::table)
                        .values(values)
                        .on_conflict((
                            usage_by_key::tenant_id,
                            usage_by_key::resolution_secs,
                            usage_by_key::bucket,
                            usage_by_key::lineage_id,
                        ))
                        .do_update()
                        .set((
                            usage_by_key::requests
                                .eq(usage_by_key::requests + excluded(usage_by_key::requests)),
                            usage_by_key::errors
                                .eq(usage_by_key::errors + excluded(usage_by_key::errors)),
                        ))
                        .execute($conn)?
                };
            }
            match conn {
                DbConnection::Postgres(conn) => upsert!(conn),
                DbConnection::Sqlite(conn) => upsert!(conn),
            };
        }
        Ok(())
    }
}

/// Returns the usage of each lineage of the subject.
pub fn sums(
    conn: &mut DbConnection,
    subject: &Subject,
    segment: RollupSegment,
) -> Result<Vec<(String, Count)>, ApiError> {
    let tenant = subject.tenant.as_str();
    let mut query = usage_by_key::table
        .filter(usage_by_key::tenant_id.eq(tenant))
        .filter(usage_by_key::resolution_secs.eq(segment.interval.secs()))
        .filter(usage_by_key::bucket.ge(segment.from.naive_utc()))
        .filter(usage_by_key::bucket.lt(segment.to.naive_utc()))
        .group_by(usage_by_key::lineage_id)
        .select((
            usage_by_key::lineage_id,
            sql::<BigInt>("CAST(SUM(requests) AS BIGINT)"),
            sql::<BigInt>("CAST(SUM(errors) AS BIGINT)"),
        ))
        .into_boxed();
    query = if let Some(lineage) = &subject.lineage {
        query.filter(usage_by_key::lineage_id.eq(lineage))
    } else {
        let of_environment = api_keys::table
            .filter(api_keys::tenant_id.eq(tenant))
            .filter(api_keys::environment.eq(subject.environment.as_str()))
            .select(api_keys::lineage_id);
        query.filter(usage_by_key::lineage_id.eq_any(of_environment))
    };
    let sums: Vec<(String, i64, i64)> = query.load(conn)?;
    let count = |(lineage, requests, errors): (String, i64, i64)| {
        let [requests, errors] = [requests, errors].map(i64::unsigned_abs);
        (lineage, Count { requests, errors })
    };
    Ok(sums.into_iter().map(count).collect())
}

/// Like [`super::rollup::prune`].
pub fn prune(
    conn: &mut DbConnection,
    tenant: &TenantId,
    interval: RollupInterval,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<usize, ApiError> {
    let Some(before) = interval.pruned_before(now) else {
        return Ok(0);
    };
    let rows = usage_by_key::table
        .filter(usage_by_key::tenant_id.eq(tenant.as_str()))
        .filter(usage_by_key::resolution_secs.eq(interval.secs()));
    let oldest: Vec<NaiveDateTime> = rows
        .filter(usage_by_key::bucket.lt(before))
        .order(usage_by_key::bucket)
        .select(usage_by_key::bucket)
        .limit(limit)
        .load(conn)?;
    let Some(last) = oldest.last() else {
        return Ok(0);
    };
    Ok(diesel::delete(rows.filter(usage_by_key::bucket.le(last))).execute(conn)?)
}
