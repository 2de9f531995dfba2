//! Request counts, rolled up by minute, hour, day and for ever.

use crate::{
    db::{self, DbConnection},
    error::ApiError,
    schema::{api_key_activity, usage_rollups},
    usage::{
        histogram::Histogram,
        recorder::{Batch, Counts},
    },
};
use chrono::{DateTime, DurationRound, NaiveDateTime, TimeDelta, Utc};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, dsl::sql, sql_types::BigInt,
    upsert::excluded,
};
use shared::{ids::TenantId, key::KeyUsage};
use std::collections::{BTreeMap, HashMap};

/// How long a bucket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day, in UTC.
    Day,
    /// One bucket for all time, at the epoch.
    Ever,
}

impl Resolution {
    const ALL: [Self; 4] = [Self::Minute, Self::Hour, Self::Day, Self::Ever];

    /// The bucket's length in seconds, as the table has it; 0 for ever.
    const fn secs(self) -> i32 {
        match self {
            Self::Minute => 60,
            Self::Hour => 3600,
            Self::Day => 86_400,
            Self::Ever => 0,
        }
    }

    fn bucket(self, at: DateTime<Utc>) -> NaiveDateTime {
        let length = TimeDelta::seconds(self.secs().into());
        at.duration_trunc(length)
            .unwrap_or(DateTime::UNIX_EPOCH)
            .naive_utc()
    }
}

/// What a row of `usage_rollups` is found by, tenant apart.
type RowKey<'a> = (i32, NaiveDateTime, &'a str, &'a str, u16);

/// Adds counts to all four resolutions.
pub fn add(conn: &mut DbConnection, batch: &Batch) -> Result<(), ApiError> {
    // Adding to a histogram reads it first.
    db::lock(conn, "usage")?;
    for (tenant, counts) in batch {
        let mut rows: BTreeMap<RowKey<'_>, Counts> = BTreeMap::new();
        for counts in counts {
            for resolution in Resolution::ALL {
                let bucket = resolution.bucket(counts.minute);
                let key = (
                    resolution.secs(),
                    bucket,
                    counts.key_id.as_str(),
                    &*counts.route,
                    counts.status,
                );
                rows.entry(key)
                    .and_modify(|row| row.absorb(counts))
                    .or_insert_with(|| counts.clone());
            }
        }
        for ((resolution_secs, bucket, ..), row) in &rows {
            add_row(conn, tenant, *resolution_secs, *bucket, row)?;
        }
        let mut last_used: BTreeMap<&str, DateTime<Utc>> = BTreeMap::new();
        for counts in counts {
            let last = last_used
                .entry(counts.key_id.as_str())
                .or_insert(counts.last_at);
            *last = counts.last_at.max(*last);
        }
        for (key_id, at) in last_used {
            set_last_used(conn, key_id, at.naive_utc())?;
        }
    }
    Ok(())
}

impl Counts {
    fn absorb(&mut self, other: &Self) {
        self.requests += other.requests;
        self.latency_us_sum += other.latency_us_sum;
        self.latency.merge(&other.latency);
        self.last_at = self.last_at.max(other.last_at);
    }
}

/// Where playground calls are told apart from those of programs.
const SOURCE_API: &str = "api";

fn add_row(
    conn: &mut DbConnection,
    tenant: &TenantId,
    resolution_secs: i32,
    bucket: NaiveDateTime,
    row: &Counts,
) -> Result<(), ApiError> {
    let status = i32::from(row.status);
    let id = (
        tenant.as_str(),
        resolution_secs,
        bucket,
        row.key_id.as_str(),
        &*row.route,
        status,
        SOURCE_API,
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
    latency.merge(&row.latency);
    let values = (
        usage_rollups::tenant_id.eq(tenant.as_str()),
        usage_rollups::resolution_secs.eq(resolution_secs),
        usage_rollups::bucket.eq(bucket),
        usage_rollups::key_id.eq(row.key_id.as_str()),
        usage_rollups::lineage_id.eq(&row.lineage_id),
        usage_rollups::route.eq(&row.route),
        usage_rollups::status.eq(status),
        usage_rollups::source.eq(SOURCE_API),
        usage_rollups::requests.eq(signed(row.requests)?),
        usage_rollups::latency_us_sum.eq(signed(row.latency_us_sum)?),
        usage_rollups::latency.eq(latency.to_bytes()),
    );
    if stored.is_none() {
        diesel::insert_into(usage_rollups::table)
            .values(values)
            .execute(conn)?;
    } else {
        diesel::update(usage_rollups::table.find(id))
            .set((
                usage_rollups::requests.eq(usage_rollups::requests + signed(row.requests)?),
                usage_rollups::latency_us_sum
                    .eq(usage_rollups::latency_us_sum + signed(row.latency_us_sum)?),
                usage_rollups::latency.eq(latency.to_bytes()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

fn set_last_used(conn: &mut DbConnection, key_id: &str, at: NaiveDateTime) -> Result<(), ApiError> {
    let values = (
        api_key_activity::key_id.eq(key_id),
        api_key_activity::last_used_at.eq(at),
    );
    macro_rules! upsert {
        ($conn:expr) => {
            diesel::insert_into(api_key_activity::table)
                .values(values)
                .on_conflict(api_key_activity::key_id)
                .do_update()
                .set(api_key_activity::last_used_at.eq(excluded(api_key_activity::last_used_at)))
                .execute($conn)?
        };
    }
    match conn {
        DbConnection::Postgres(conn) => upsert!(conn),
        DbConnection::Sqlite(conn) => upsert!(conn),
    };
    Ok(())
}

fn signed(count: u64) -> Result<i64, ApiError> {
    i64::try_from(count).map_err(ApiError::internal)
}

/// How much each of the tenant's lineages was used.
pub fn of_lineages(
    conn: &mut DbConnection,
    tenant: &TenantId,
    lineages: Vec<String>,
    now: DateTime<Utc>,
) -> Result<HashMap<String, KeyUsage>, ApiError> {
    let count = || sql::<BigInt>("CAST(COALESCE(SUM(requests), 0) AS BIGINT)");
    let failed = || {
        sql::<BigInt>(
            "CAST(COALESCE(SUM(CASE WHEN status >= 400 THEN requests ELSE 0 END), 0) AS BIGINT)",
        )
    };
    let rollups = |resolution: Resolution| {
        usage_rollups::table
            .filter(usage_rollups::tenant_id.eq(tenant.as_str()))
            .filter(usage_rollups::resolution_secs.eq(resolution.secs()))
            .filter(usage_rollups::lineage_id.eq_any(&lineages))
            .group_by(usage_rollups::lineage_id)
    };
    let totals: Vec<(String, i64, i64)> = rollups(Resolution::Ever)
        .select((usage_rollups::lineage_id, count(), failed()))
        .load(conn)?;
    // Whole hours from the hour rows, the hour in which the window begins by minute.
    let since = now - TimeDelta::hours(24);
    let first_hour = Resolution::Hour.bucket(since) + TimeDelta::hours(1);
    let hours: Vec<(String, i64)> = rollups(Resolution::Hour)
        .filter(usage_rollups::bucket.ge(first_hour))
        .select((usage_rollups::lineage_id, count()))
        .load(conn)?;
    let minutes: Vec<(String, i64)> = rollups(Resolution::Minute)
        .filter(usage_rollups::bucket.ge(Resolution::Minute.bucket(since)))
        .filter(usage_rollups::bucket.lt(first_hour))
        .select((usage_rollups::lineage_id, count()))
        .load(conn)?;
    let mut usage: HashMap<String, KeyUsage> = HashMap::new();
    for (lineage, total, failed) in totals {
        let error_rate = if total > 0 {
            failed as f64 / total as f64
        } else {
            0.0
        };
        usage.insert(
            lineage,
            KeyUsage {
                total_requests: total.unsigned_abs(),
                last_24h: 0,
                error_rate,
            },
        );
    }
    for (lineage, recent) in hours.into_iter().chain(minutes) {
        usage.entry(lineage).or_default().last_24h += recent.unsigned_abs();
    }
    Ok(usage)
}
