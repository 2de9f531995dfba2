//! Queries on the history of a tenant's rate limit use.

use crate::models::usage::rate_limit::{Peak, Row};
use crate::{
    db::DbConnection,
    error::ApiError,
    schema::rate_limit_rollups,
    usage::{
        rollup_interval::RollupInterval,
        time_range::{RollupSegment, TimeRange},
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper, dsl::sql,
    sql_types::BigInt,
};
use shared::{
    ids::TenantId,
    key::Environment,
    usage::{RateLimitEvent, RateLimitPeak, RateLimitPoint, RateLimitUsage},
};
use std::collections::BTreeMap;

/// Maximum number of minutes with refused requests in a response.
const EVENTS_MAX: i64 = 20;

/// Selects a tenant's history.
#[derive(Debug, Clone, Copy)]
pub struct History<'a> {
    pub tenant: &'a TenantId,
    pub environment: Environment,
    /// Current limit, shown if none is recorded for a time.
    pub limit_now: u32,
}

impl History<'_> {
    /// Returns the rate limit use within a range.
    pub fn usage(
        self,
        conn: &mut DbConnection,
        range: TimeRange,
        by: RollupInterval,
        now: DateTime<Utc>,
    ) -> Result<RateLimitUsage, ApiError> {
        let day = self.refused_since(conn, now - TimeDelta::hours(24))?;
        Ok(RateLimitUsage {
            environment: self.environment,
            series: self.series(conn, range, by)?,
            exceeded_24h: day.0,
            exceeded_24h_by_endpoints: day.1,
            peak: self.peak(conn, range)?,
            events: self.events(conn, range)?,
        })
    }

    /// Returns the minute of a range that used the largest share of its limit, the earliest if
    /// there are several.
    pub fn peak(
        self,
        conn: &mut DbConnection,
        range: TimeRange,
    ) -> Result<Option<RateLimitPeak>, ApiError> {
        let mut busiest: Option<Row> = None;
        for segment in range.segments(RollupInterval::Day) {
            for row in self.rows(conn, segment)? {
                if busiest
                    .as_ref()
                    .is_none_or(|other| row.peak().exceeds(other.peak()))
                {
                    busiest = Some(row);
                }
            }
        }
        Ok(busiest.map(|row| RateLimitPeak {
            value: unsigned(row.peak),
            limit: row.peak_limit.unsigned_abs(),
            at: row.peak_at.and_utc(),
        }))
    }

    fn series(
        self,
        conn: &mut DbConnection,
        range: TimeRange,
        by: RollupInterval,
    ) -> Result<Vec<RateLimitPoint>, ApiError> {
        let mut peaks: BTreeMap<DateTime<Utc>, Peak> = BTreeMap::new();
        for segment in range.segments(by) {
            for row in self.rows(conn, segment)? {
                let peak = row.peak();
                let known = peaks.entry(by.floor(row.bucket.and_utc())).or_insert(peak);
                if peak.exceeds(*known) {
                    *known = peak;
                }
            }
        }
        // A limit applies until a different one is recorded.
        let first = peaks.values().next().map(|peak| peak.limit.unsigned_abs());
        let mut limit = match self.limit_before(conn, range)? {
            Some(before) => before,
            None => first.unwrap_or(self.limit_now),
        };
        let point = |(t, _)| {
            let peak = peaks.get(&t);
            if let Some(peak) = peak.filter(|peak| peak.limit > 0) {
                limit = peak.limit.unsigned_abs();
            }
            RateLimitPoint {
                t,
                peak: peak.map_or(0, |peak| unsigned(peak.admitted)),
                limit,
            }
        };
        Ok(range.buckets(by).map(point).collect())
    }

    fn rows(self, conn: &mut DbConnection, segment: RollupSegment) -> Result<Vec<Row>, ApiError> {
        Ok(rate_limit_rollups::table
            .filter(rate_limit_rollups::tenant_id.eq(self.tenant.as_str()))
            .filter(rate_limit_rollups::environment.eq(self.environment.as_str()))
            .filter(rate_limit_rollups::resolution_secs.eq(segment.interval.secs()))
            .filter(rate_limit_rollups::bucket.ge(segment.from.naive_utc()))
            .filter(rate_limit_rollups::bucket.lt(segment.to.naive_utc()))
            .order(rate_limit_rollups::bucket)
            .select(Row::as_select())
            .load(conn)?)
    }

    /// Returns the limit of the last day with requests before the range.
    fn limit_before(
        self,
        conn: &mut DbConnection,
        range: TimeRange,
    ) -> Result<Option<u32>, ApiError> {
        let limit: Option<i32> = rate_limit_rollups::table
            .filter(rate_limit_rollups::tenant_id.eq(self.tenant.as_str()))
            .filter(rate_limit_rollups::environment.eq(self.environment.as_str()))
            .filter(rate_limit_rollups::resolution_secs.eq(RollupInterval::Day.secs()))
            .filter(rate_limit_rollups::bucket.lt(RollupInterval::Day.bucket(range.from)))
            .order(rate_limit_rollups::bucket.desc())
            .select(rate_limit_rollups::peak_limit)
            .first(conn)
            .optional()?;
        Ok(limit.map(i32::unsigned_abs))
    }

    /// Counts all refused requests, and those refused by endpoint limits.
    fn refused_since(
        self,
        conn: &mut DbConnection,
        since: DateTime<Utc>,
    ) -> Result<(u64, u64), ApiError> {
        let (all, by_endpoints): (i64, i64) = rate_limit_rollups::table
            .filter(rate_limit_rollups::tenant_id.eq(self.tenant.as_str()))
            .filter(rate_limit_rollups::environment.eq(self.environment.as_str()))
            .filter(rate_limit_rollups::resolution_secs.eq(RollupInterval::Minute.secs()))
            .filter(rate_limit_rollups::refused.gt(0))
            .filter(rate_limit_rollups::bucket.ge(RollupInterval::Minute.bucket(since)))
            .select((
                sql::<BigInt>("CAST(COALESCE(SUM(refused), 0) AS BIGINT)"),
                sql::<BigInt>("CAST(COALESCE(SUM(refused_by_endpoint), 0) AS BIGINT)"),
            ))
            .first(conn)?;
        Ok((all.unsigned_abs(), by_endpoints.unsigned_abs()))
    }

    fn events(
        self,
        conn: &mut DbConnection,
        range: TimeRange,
    ) -> Result<Vec<RateLimitEvent>, ApiError> {
        let rows: Vec<Row> = rate_limit_rollups::table
            .filter(rate_limit_rollups::tenant_id.eq(self.tenant.as_str()))
            .filter(rate_limit_rollups::environment.eq(self.environment.as_str()))
            .filter(rate_limit_rollups::resolution_secs.eq(RollupInterval::Minute.secs()))
            .filter(rate_limit_rollups::refused.gt(0))
            .filter(rate_limit_rollups::bucket.ge(range.from.naive_utc()))
            .filter(rate_limit_rollups::bucket.le(range.last().naive_utc()))
            .order(rate_limit_rollups::bucket.desc())
            .select(Row::as_select())
            .limit(EVENTS_MAX)
            .load(conn)?;
        let event = |row: Row| RateLimitEvent {
            at: row.bucket.and_utc(),
            refused: unsigned(row.refused),
            refused_by_endpoints: unsigned(row.refused_by_endpoint),
            admitted: unsigned(row.admitted),
            limit: row.peak_limit.unsigned_abs(),
        };
        Ok(rows.into_iter().map(event).collect())
    }
}

fn unsigned(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
