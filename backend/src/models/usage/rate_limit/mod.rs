//! Rollups of the tenants' rate limit use, by minute, hour and day.

mod read;

pub use read::History;

use crate::{
    db::{self, DbConnection},
    error::ApiError,
    rate_limit::{MinuteCount, RateCount},
    schema::rate_limit_rollups,
    usage::rollup_interval::RollupInterval,
};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper};
use shared::{ids::TenantId, key::Environment};
use std::collections::BTreeMap;

#[derive(Debug, Clone, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = rate_limit_rollups)]
struct Row {
    tenant_id: String,
    environment: String,
    resolution_secs: i32,
    bucket: NaiveDateTime,
    admitted: i64,
    refused: i64,
    peak: i64,
    peak_at: NaiveDateTime,
    peak_limit: i32,
    refused_by_endpoint: i64,
}

/// Adds decisions to the rollups of all intervals.
pub fn add(conn: &mut DbConnection, counts: &[RateCount]) -> Result<(), ApiError> {
    // The rows are read before they are updated.
    db::lock(conn, "usage")?;
    let mut rows = Rows::default();
    for RateCount {
        tenant_id,
        environment,
        count,
    } in counts
    {
        let at = DateTime::from_timestamp(count.minute * 60, 0).unwrap_or_default();
        let minute = rows.get(conn, tenant_id, *environment, RollupInterval::Minute, at)?;
        minute.add(count);
        let peak = Peak {
            admitted: minute.admitted,
            limit: i32::try_from(count.limit).unwrap_or(i32::MAX),
            at: minute.bucket,
        };
        minute.raise_peak(peak);
        let peak = minute.peak();
        for longer in [RollupInterval::Hour, RollupInterval::Day] {
            let row = rows.get(conn, tenant_id, *environment, longer, at)?;
            row.add(count);
            row.raise_peak(peak);
        }
    }
    rows.save(conn)
}

/// The requests of one minute and the limit at the time.
#[derive(Debug, Clone, Copy)]
struct Peak {
    admitted: i64,
    limit: i32,
    at: NaiveDateTime,
}

impl Peak {
    /// Returns `true` if this used a larger share of its limit than `other` did.
    fn exceeds(self, other: Self) -> bool {
        // Cross-multiplied to avoid rounding.
        let share = |of: Self, by: Self| i128::from(of.admitted) * i128::from(by.limit.max(1));
        share(self, other) > share(other, self)
    }
}

impl Row {
    fn peak(&self) -> Peak {
        Peak {
            admitted: self.peak,
            limit: self.peak_limit,
            at: self.peak_at,
        }
    }

    /// Keeps the larger of two shares; the earlier one if they are equal.
    fn raise_peak(&mut self, peak: Peak) {
        let is_first = self.peak_limit == 0;
        if is_first || peak.exceeds(self.peak()) {
            (self.peak, self.peak_at, self.peak_limit) = (peak.admitted, peak.at, peak.limit);
        }
    }

    fn add(&mut self, count: &MinuteCount) {
        self.admitted += i64::from(count.admitted);
        self.refused += i64::from(count.refused);
        self.refused_by_endpoint += i64::from(count.refused_by_endpoint);
    }
}

type RowKey = (TenantId, &'static str, i32, NaiveDateTime);

/// Rows to update, each read and written once.
#[derive(Default)]
struct Rows(BTreeMap<RowKey, (Row, IsNew)>);

type IsNew = bool;

impl Rows {
    fn get(
        &mut self,
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        interval: RollupInterval,
        at: DateTime<Utc>,
    ) -> Result<&mut Row, ApiError> {
        use std::collections::btree_map::Entry;
        let secs = interval.secs();
        let bucket = interval.bucket(at);
        let environment = environment.as_str();
        match self.0.entry((tenant.clone(), environment, secs, bucket)) {
            Entry::Occupied(entry) => Ok(&mut entry.into_mut().0),
            Entry::Vacant(entry) => {
                let stored: Option<Row> = rate_limit_rollups::table
                    .find((tenant.as_str(), environment, secs, bucket))
                    .select(Row::as_select())
                    .first(conn)
                    .optional()?;
                let is_new = stored.is_none();
                let row = stored.unwrap_or_else(|| Row {
                    tenant_id: tenant.as_str().to_owned(),
                    environment: environment.to_owned(),
                    resolution_secs: secs,
                    bucket,
                    admitted: 0,
                    refused: 0,
                    peak: 0,
                    peak_at: RollupInterval::Minute.bucket(at),
                    peak_limit: 0,
                    refused_by_endpoint: 0,
                });
                Ok(&mut entry.insert((row, is_new)).0)
            }
        }
    }

    fn save(self, conn: &mut DbConnection) -> Result<(), ApiError> {
        for (row, is_new) in self.0.into_values() {
            if is_new {
                diesel::insert_into(rate_limit_rollups::table)
                    .values(&row)
                    .execute(conn)?;
            } else {
                let id = (
                    row.tenant_id.as_str(),
                    row.environment.as_str(),
                    row.resolution_secs,
                    row.bucket,
                );
                diesel::update(rate_limit_rollups::table.find(id))
                    .set((
                        rate_limit_rollups::admitted.eq(row.admitted),
                        rate_limit_rollups::refused.eq(row.refused),
                        rate_limit_rollups::peak.eq(row.peak),
                        rate_limit_rollups::peak_at.eq(row.peak_at),
                        rate_limit_rollups::peak_limit.eq(row.peak_limit),
                        rate_limit_rollups::refused_by_endpoint.eq(row.refused_by_endpoint),
                    ))
                    .execute(conn)?;
            }
        }
        Ok(())
    }
}

/// Prunes about `limit` of the oldest expired rows of an interval. Minutes with refused requests
/// are kept as long as hours: they are few, and listed individually.
pub fn prune(
    conn: &mut DbConnection,
    tenant: &TenantId,
    interval: RollupInterval,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<usize, ApiError> {
    let mut pruned = 0;
    for environment in Environment::ALL {
        let rows = rate_limit_rollups::table
            .filter(rate_limit_rollups::tenant_id.eq(tenant.as_str()))
            .filter(rate_limit_rollups::environment.eq(environment.as_str()))
            .filter(rate_limit_rollups::resolution_secs.eq(interval.secs()));
        let quiet = rows.filter(rate_limit_rollups::refused.eq(0));
        if let Some(before) = interval.pruned_before(now) {
            let oldest: Vec<NaiveDateTime> = quiet
                .filter(rate_limit_rollups::bucket.lt(before))
                .order(rate_limit_rollups::bucket)
                .select(rate_limit_rollups::bucket)
                .limit(limit)
                .load(conn)?;
            if let Some(last) = oldest.last() {
                let old = quiet.filter(rate_limit_rollups::bucket.le(last));
                pruned += diesel::delete(old).execute(conn)?;
            }
        }
        if let Some(before) = RollupInterval::Hour.pruned_before(now)
            && interval.kept().is_some()
        {
            let old = rows.filter(rate_limit_rollups::bucket.lt(before));
            pruned += diesel::delete(old).execute(conn)?;
        }
    }
    Ok(pruned)
}
