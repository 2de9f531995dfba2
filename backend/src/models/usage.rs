//! Request counts, rolled up by minute, hour, day and for ever.

use crate::{
    db::{self, DbConnection},
    error::ApiError,
    schema::{api_key_activity, usage_rollups},
    usage::{
        histogram::Histogram,
        recorder::{Counts, Source},
        resolution::Resolution,
    },
};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, upsert::excluded};
use shared::ids::{KeyId, TenantId};
use std::collections::BTreeMap;

/// What a row of `usage_rollups` is found by.
type RowKey<'a> = (
    &'a TenantId,
    i32,
    NaiveDateTime,
    &'a KeyId,
    &'a str,
    u16,
    Source,
);

/// Adds counts to all four resolutions.
pub fn add(conn: &mut DbConnection, counts: &[Counts]) -> Result<(), ApiError> {
    // Adding to a histogram reads it first.
    db::lock(conn, "usage")?;
    let mut rows: BTreeMap<RowKey<'_>, Counts> = BTreeMap::new();
    for counts in counts {
        for resolution in Resolution::ALL {
            let key = (
                &counts.tenant_id,
                resolution.secs(),
                resolution.bucket(counts.minute),
                &counts.key_id,
                &*counts.route,
                counts.status,
                counts.source,
            );
            rows.entry(key)
                .and_modify(|row| row.absorb(counts))
                .or_insert_with(|| counts.clone());
        }
    }
    for ((_, resolution_secs, bucket, ..), row) in &rows {
        add_row(conn, *resolution_secs, *bucket, row)?;
    }
    // Trying something out is no use.
    let of_programs = counts.iter().filter(|counts| counts.source == Source::Api);
    let mut last_used: BTreeMap<&KeyId, &Counts> = BTreeMap::new();
    for counts in of_programs {
        let last = last_used.entry(&counts.key_id).or_insert(counts);
        if last.last_at < counts.last_at {
            *last = counts;
        }
    }
    for last in last_used.into_values() {
        set_last_used(conn, last)?;
    }
    Ok(())
}

impl Counts {
    fn absorb(&mut self, other: &Self) {
        self.requests += other.requests;
        self.not_logged += other.not_logged;
        self.latency_us_sum += other.latency_us_sum;
        self.latency.merge(&other.latency);
        if self.last_at < other.last_at {
            self.last_at = other.last_at;
            self.last_client = other.last_client;
        }
    }
}

fn add_row(
    conn: &mut DbConnection,
    resolution_secs: i32,
    bucket: NaiveDateTime,
    row: &Counts,
) -> Result<(), ApiError> {
    let status = i32::from(row.status);
    let id = (
        row.tenant_id.as_str(),
        resolution_secs,
        bucket,
        row.key_id.as_str(),
        &*row.route,
        status,
        row.source.as_str(),
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
        usage_rollups::tenant_id.eq(row.tenant_id.as_str()),
        usage_rollups::resolution_secs.eq(resolution_secs),
        usage_rollups::bucket.eq(bucket),
        usage_rollups::key_id.eq(row.key_id.as_str()),
        usage_rollups::lineage_id.eq(&row.lineage_id),
        usage_rollups::route.eq(&row.route),
        usage_rollups::status.eq(status),
        usage_rollups::source.eq(row.source.as_str()),
        usage_rollups::requests.eq(signed(row.requests)?),
        usage_rollups::latency_us_sum.eq(signed(row.latency_us_sum)?),
        usage_rollups::latency.eq(latency.to_bytes()),
        usage_rollups::not_logged.eq(signed(row.not_logged)?),
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
                usage_rollups::not_logged.eq(usage_rollups::not_logged + signed(row.not_logged)?),
            ))
            .execute(conn)?;
    }
    Ok(())
}

fn set_last_used(conn: &mut DbConnection, last: &Counts) -> Result<(), ApiError> {
    let values = (
        api_key_activity::key_id.eq(last.key_id.as_str()),
        api_key_activity::last_used_at.eq(last.last_at.naive_utc()),
        api_key_activity::last_used_address.eq(last.last_client.to_string()),
    );
    // Counts come in no particular order.
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

/// Forgets the oldest rows of a resolution that are past their time: about `at_once`
/// of them, as many as fill whole buckets. What they counted stays in longer ones.
pub fn forget(
    conn: &mut DbConnection,
    tenant: &TenantId,
    resolution: Resolution,
    now: DateTime<Utc>,
    at_once: i64,
) -> Result<usize, ApiError> {
    let Some(before) = resolution.forgotten_before(now) else {
        return Ok(0);
    };
    let rows = usage_rollups::table
        .filter(usage_rollups::tenant_id.eq(tenant.as_str()))
        .filter(usage_rollups::resolution_secs.eq(resolution.secs()));
    let oldest: Vec<NaiveDateTime> = rows
        .filter(usage_rollups::bucket.lt(before))
        .order(usage_rollups::bucket)
        .select(usage_rollups::bucket)
        .limit(at_once)
        .load(conn)?;
    let Some(last) = oldest.last() else {
        return Ok(0);
    };
    Ok(diesel::delete(rows.filter(usage_rollups::bucket.le(last))).execute(conn)?)
}

fn signed(count: u64) -> Result<i64, ApiError> {
    i64::try_from(count).map_err(ApiError::internal)
}
