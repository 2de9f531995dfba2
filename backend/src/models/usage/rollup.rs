//! Request counts by minute, hour, day and in total.
//!
//! Rows for all keys of an environment are stored beside those of each key, so that the usage page of
//! a tenant with a thousand keys reads as many rows as that of a tenant with ten.

use crate::{
    db::{self, DbConnection},
    error::ApiError,
    models::usage::rollup_by_key::ByKey,
    schema::{api_key_activity, api_key_refusals, usage_rollups},
    usage::{
        histogram::Histogram,
        recorder::{LastRequest, MinuteRollup, Source},
        rollup_interval::RollupInterval,
    },
};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, upsert::excluded};
use shared::{
    error::ErrorCode,
    ids::{KeyId, TenantId},
    key::Environment,
};
use std::collections::BTreeMap;

/// Primary key of `usage_rollups`. Rows for all keys of an environment have its name as lineage, and
/// no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RowKey<'a> {
    pub(super) tenant: &'a TenantId,
    pub(super) lineage: &'a str,
    pub(super) interval: RollupInterval,
    pub(super) bucket: NaiveDateTime,
    pub(super) key: &'a str,
    pub(super) route: &'a str,
    pub(super) status: u16,
    pub(super) source: &'a str,
}

/// Counts to add to a row.
#[derive(Debug, Default)]
pub(super) struct Sum {
    pub(super) requests: u64,
    pub(super) not_logged: u64,
    pub(super) latency_us: u64,
    pub(super) latency: Histogram,
}

/// Adds counts to the rows of all intervals: by key, by environment, and in `usage_by_key`. Updates the
/// last use of the keys.
pub fn add(conn: &mut DbConnection, counts: &[MinuteRollup]) -> Result<(), ApiError> {
    // Histograms are read before they are updated.
    db::lock(conn, "usage")?;
    let mut rows: BTreeMap<RowKey<'_>, Sum> = BTreeMap::new();
    let mut by_key = ByKey::default();
    for counts in counts {
        for interval in RollupInterval::ALL {
            let of_key = RowKey::new(counts, interval);
            rows.entry(of_key).or_default().add(counts);
            // Totals are needed for single keys only.
            if interval != RollupInterval::AllTime {
                let of_environment = of_key.of_environment(counts.environment);
                rows.entry(of_environment).or_default().add(counts);
                by_key.count(counts, interval);
            }
        }
    }
    for (key, sum) in &rows {
        key.add(conn, sum)?;
    }
    by_key.save(conn)?;
    // Calls with playground tokens do not count as use of the key.
    let of_programs = counts.iter().filter(|counts| counts.source == Source::Api);
    let mut last_used = BTreeMap::new();
    let mut last_refused = BTreeMap::new();
    for counts in of_programs {
        if let Some(request) = counts.last_use {
            let last = last_used.entry(&counts.key_id).or_insert(request);
            *last = request.max(*last);
        }
        if let Some((request, code)) = counts.last_refusal {
            let refusal = (request, &*counts.route, code);
            let last = last_refused.entry(&counts.key_id).or_insert(refusal);
            if last.0 < request {
                *last = refusal;
            }
        }
    }
    for (key, request) in last_used {
        set_last_used(conn, key, request)?;
    }
    for (key, refusal) in last_refused {
        set_last_refused(conn, key, refusal)?;
    }
    Ok(())
}

impl Sum {
    fn add(&mut self, counts: &MinuteRollup) {
        self.requests += counts.requests;
        self.not_logged += counts.not_logged;
        self.latency_us += counts.latency_us_sum;
        self.latency.merge(&counts.latency);
    }
}

impl<'a> RowKey<'a> {
    fn new(counts: &'a MinuteRollup, interval: RollupInterval) -> Self {
        Self {
            tenant: &counts.tenant_id,
            lineage: &counts.lineage_id,
            interval,
            bucket: interval.bucket(counts.minute),
            key: counts.key_id.as_str(),
            route: &counts.route,
            status: counts.status,
            source: counts.source.as_str(),
        }
    }

    /// Returns the corresponding row for all keys of an environment.
    fn of_environment(self, environment: Environment) -> Self {
        Self {
            lineage: environment.as_str(),
            key: "",
            ..self
        }
    }

    pub(super) fn add(&self, conn: &mut DbConnection, sum: &Sum) -> Result<(), ApiError> {
        let id = (
            self.tenant.as_str(),
            self.lineage,
            self.interval.secs(),
            self.bucket,
            self.key,
            self.route,
            i32::from(self.status),
            self.source,
        );
        let stored: Option<Vec<u8>> = usage_rollups::table
            .find(id)
            .select(usage_rollups::latency)
            .first(conn)
            .optional()?;
        let mut latency = stored
            .as_deref()
            .map(Histogram::from_bytes)
            .unwrap_or_default();
        latency.merge(&sum.latency);
        let requests = signed(sum.requests)?;
        let latency_us = signed(sum.latency_us)?;
        let not_logged = signed(sum.not_logged)?;
        let latency = usage_rollups::latency.eq(latency.to_bytes());
        if stored.is_some() {
            diesel::update(usage_rollups::table.find(id))
                .set((
                    usage_rollups::requests.eq(usage_rollups::requests + requests),
                    usage_rollups::latency_us_sum.eq(usage_rollups::latency_us_sum + latency_us),
                    usage_rollups::not_logged.eq(usage_rollups::not_logged + not_logged),
                    latency,
                ))
                .execute(conn)?;
            return Ok(());
        }
        let values = (
            usage_rollups::tenant_id.eq(id.0),
            usage_rollups::lineage_id.eq(id.1),
            usage_rollups::resolution_secs.eq(id.2),
            usage_rollups::bucket.eq(id.3),
            usage_rollups::key_id.eq(id.4),
            usage_rollups::route.eq(id.5),
            usage_rollups::status.eq(id.6),
            usage_rollups::source.eq(id.7),
            usage_rollups::requests.eq(requests),
            usage_rollups::latency_us_sum.eq(latency_us),
            usage_rollups::not_logged.eq(not_logged),
            latency,
        );
        diesel::insert_into(usage_rollups::table)
            .values(values)
            .execute(conn)?;
        Ok(())
    }
}

fn set_last_used(
    conn: &mut DbConnection,
    key: &KeyId,
    request: LastRequest,
) -> Result<(), ApiError> {
    let values = (
        api_key_activity::key_id.eq(key.as_str()),
        api_key_activity::last_used_at.eq(request.at().naive_utc()),
        api_key_activity::last_used_address.eq(request.client.to_string()),
    );
    // Rollups are not ordered by time.
    let is_later = api_key_activity::last_used_at.lt(excluded(api_key_activity::last_used_at));
    macro_rules! upsert {
        ($conn:expr) => {{
            let upsert = diesel::insert_into(api_key_activity::table)
                .values(values)
                .on_conflict(api_key_activity::key_id)
                .do_update()
                .set((
                    api_key_activity::last_used_at.eq(excluded(api_key_activity::last_used_at)),
                    api_key_activity::last_used_address
                        .eq(excluded(api_key_activity::last_used_address)),
                ));
            diesel::query_dsl::methods::FilterDsl::filter(upsert, is_later).execute($conn)?
        }};
    }
    match conn {
        DbConnection::Postgres(conn) => upsert!(conn),
        DbConnection::Sqlite(conn) => upsert!(conn),
    };
    Ok(())
}

fn set_last_refused(
    conn: &mut DbConnection,
    key: &KeyId,
    (request, route, code): (LastRequest, &str, ErrorCode),
) -> Result<(), ApiError> {
    let values = (
        api_key_refusals::key_id.eq(key.as_str()),
        api_key_refusals::refused_at.eq(request.at().naive_utc()),
        api_key_refusals::address.eq(request.client.to_string()),
        api_key_refusals::route.eq(route),
        api_key_refusals::error.eq(code.as_str()),
    );
    // Rollups are not ordered by time.
    let is_later = api_key_refusals::refused_at.lt(excluded(api_key_refusals::refused_at));
    macro_rules! upsert {
        ($conn:expr) => {{
            let upsert = diesel::insert_into(api_key_refusals::table)
                .values(values)
                .on_conflict(api_key_refusals::key_id)
                .do_update()
                .set((
                    api_key_refusals::refused_at.eq(excluded(api_key_refusals::refused_at)),
                    api_key_refusals::address.eq(excluded(api_key_refusals::address)),
                    api_key_refusals::route.eq(excluded(api_key_refusals::route)),
                    api_key_refusals::error.eq(excluded(api_key_refusals::error)),
                ));
            diesel::query_dsl::methods::FilterDsl::filter(upsert, is_later).execute($conn)?
        }};
    }
    match conn {
        DbConnection::Postgres(conn) => upsert!(conn),
        DbConnection::Sqlite(conn) => upsert!(conn),
    };
    Ok(())
}

/// Prunes about `limit` of the oldest expired rows of a lineage, in whole buckets. Their counts are
/// included in longer intervals.
pub fn prune(
    conn: &mut DbConnection,
    tenant: &TenantId,
    lineage: &str,
    interval: RollupInterval,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<usize, ApiError> {
    let Some(before) = interval.pruned_before(now) else {
        return Ok(0);
    };
    let rows = usage_rollups::table
        .filter(usage_rollups::tenant_id.eq(tenant.as_str()))
        .filter(usage_rollups::lineage_id.eq(lineage))
        .filter(usage_rollups::resolution_secs.eq(interval.secs()));
    let oldest: Vec<NaiveDateTime> = rows
        .filter(usage_rollups::bucket.lt(before))
        .order(usage_rollups::bucket)
        .select(usage_rollups::bucket)
        .limit(limit)
        .load(conn)?;
    let Some(last) = oldest.last() else {
        return Ok(0);
    };
    Ok(diesel::delete(rows.filter(usage_rollups::bucket.le(last))).execute(conn)?)
}

fn signed(count: u64) -> Result<i64, ApiError> {
    i64::try_from(count).map_err(ApiError::internal)
}
