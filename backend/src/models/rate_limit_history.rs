//! How near tenants came to their rate limits, by minute, hour and day.

use crate::{
    db::{self, DbConnection},
    error::ApiError,
    schema::rate_limit_rollups,
    usage::{
        period::{Period, Span},
        rate_history::RateCount,
        resolution::Resolution,
    },
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper,
    dsl::sql,
    sql_types::{BigInt, Bool},
};
use shared::{
    ids::TenantId,
    key::Environment,
    usage::{RateLimitEvent, RateLimitPeak, RateLimitPoint, RateLimitUsage},
};
use std::collections::BTreeMap;

/// How many of the minutes in which requests were refused are told.
const EVENTS_MAX: i64 = 20;

/// A row of `rate_limit_rollups`.
#[derive(
    Debug, Clone, diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset,
)]
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
}

/// Adds decisions to all resolutions.
pub fn add(conn: &mut DbConnection, counts: &[RateCount]) -> Result<(), ApiError> {
    // What is added to is read first.
    db::lock(conn, "usage")?;
    let mut rows = Rows::default();
    for RateCount {
        tenant_id,
        environment,
        count,
    } in counts
    {
        let at = DateTime::from_timestamp(count.minute * 60, 0).unwrap_or_default();
        let (admitted, refused) = (i64::from(count.admitted), i64::from(count.refused));
        let limit = i32::try_from(count.limit).unwrap_or(i32::MAX);
        let mut add = |resolution| -> Result<Row, ApiError> {
            let row = rows.get(conn, tenant_id, *environment, resolution, at)?;
            row.admitted += admitted;
            row.refused += refused;
            if resolution == Resolution::Minute {
                row.peak = row.admitted;
                row.peak_limit = limit;
            }
            Ok(row.clone())
        };
        let minute = add(Resolution::Minute)?;
        add(Resolution::Hour)?;
        add(Resolution::Day)?;
        for resolution in [Resolution::Hour, Resolution::Day] {
            let row = rows.get(conn, tenant_id, *environment, resolution, at)?;
            if minute.peak > row.peak || minute.bucket == row.peak_at {
                row.peak = minute.peak;
                row.peak_at = minute.bucket;
                row.peak_limit = minute.peak_limit;
            }
        }
    }
    rows.save(conn)
}

type RowKey = (TenantId, &'static str, i32, NaiveDateTime);

/// Rows that are being added to, each read and written once.
#[derive(Default)]
struct Rows(BTreeMap<RowKey, (Row, IsNew)>);

type IsNew = bool;

impl Rows {
    fn get(
        &mut self,
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        resolution: Resolution,
        at: DateTime<Utc>,
    ) -> Result<&mut Row, ApiError> {
        use std::collections::btree_map::Entry;
        let (secs, bucket) = (resolution.secs(), resolution.bucket(at));
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
                    peak_at: Resolution::Minute.bucket(at),
                    peak_limit: 0,
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
                    ))
                    .execute(conn)?;
            }
        }
        Ok(())
    }
}

/// Whose history is read, and what rate is granted now.
#[derive(Debug, Clone, Copy)]
pub struct History<'a> {
    /// The company.
    pub tenant: &'a TenantId,
    /// Of which environment.
    pub environment: Environment,
    /// Shown where nothing is known from then.
    pub limit_now: u32,
}

impl History<'_> {
    /// How near it came to its limit in a period.
    pub fn usage(
        self,
        conn: &mut DbConnection,
        period: Period,
        by: Resolution,
        now: DateTime<Utc>,
    ) -> Result<RateLimitUsage, ApiError> {
        Ok(RateLimitUsage {
            environment: self.environment,
            series: self.series(conn, period, by)?,
            exceeded_24h: self.refused_since(conn, now - TimeDelta::hours(24))?,
            peak: self.peak(conn, period)?,
            events: self.events(conn, period)?,
        })
    }

    /// The busiest minute of a period, the earliest of several.
    pub fn peak(
        self,
        conn: &mut DbConnection,
        period: Period,
    ) -> Result<Option<RateLimitPeak>, ApiError> {
        let mut busiest: Option<Row> = None;
        for span in period.spans(Resolution::Day) {
            for row in self.rows(conn, span)? {
                if busiest.as_ref().is_none_or(|other| other.peak < row.peak) {
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
        period: Period,
        by: Resolution,
    ) -> Result<Vec<RateLimitPoint>, ApiError> {
        let mut peaks: BTreeMap<DateTime<Utc>, (i64, i32)> = BTreeMap::new();
        for span in period.spans(by) {
            for row in self.rows(conn, span)? {
                let known = peaks.entry(by.floor(row.bucket.and_utc())).or_default();
                if known.0 <= row.peak {
                    *known = (row.peak, row.peak_limit);
                }
            }
        }
        // A limit goes on until another one is seen.
        let first = peaks.values().next().map(|(_, limit)| limit.unsigned_abs());
        let mut limit = match self.limit_before(conn, period)? {
            Some(before) => before,
            None => first.unwrap_or(self.limit_now),
        };
        let point = |(t, _)| {
            let (peak, known) = peaks.get(&t).copied().unwrap_or_default();
            if known > 0 {
                limit = known.unsigned_abs();
            }
            RateLimitPoint {
                t,
                peak: unsigned(peak),
                limit,
            }
        };
        Ok(period.buckets(by).map(point).collect())
    }

    fn rows(self, conn: &mut DbConnection, span: Span) -> Result<Vec<Row>, ApiError> {
        Ok(rate_limit_rollups::table
            .filter(rate_limit_rollups::tenant_id.eq(self.tenant.as_str()))
            .filter(rate_limit_rollups::environment.eq(self.environment.as_str()))
            .filter(rate_limit_rollups::resolution_secs.eq(span.resolution.secs()))
            .filter(rate_limit_rollups::bucket.ge(span.from.naive_utc()))
            .filter(rate_limit_rollups::bucket.lt(span.to.naive_utc()))
            .order(rate_limit_rollups::bucket)
            .select(Row::as_select())
            .load(conn)?)
    }

    /// The limit on the last day with requests before the period.
    fn limit_before(
        self,
        conn: &mut DbConnection,
        period: Period,
    ) -> Result<Option<u32>, ApiError> {
        let limit: Option<i32> = rate_limit_rollups::table
            .filter(rate_limit_rollups::tenant_id.eq(self.tenant.as_str()))
            .filter(rate_limit_rollups::environment.eq(self.environment.as_str()))
            .filter(rate_limit_rollups::resolution_secs.eq(Resolution::Day.secs()))
            .filter(rate_limit_rollups::bucket.lt(Resolution::Day.bucket(period.from)))
            .order(rate_limit_rollups::bucket.desc())
            .select(rate_limit_rollups::peak_limit)
            .first(conn)
            .optional()?;
        Ok(limit.map(i32::unsigned_abs))
    }

    fn refused_since(self, conn: &mut DbConnection, since: DateTime<Utc>) -> Result<u64, ApiError> {
        let refused: i64 = rate_limit_rollups::table
            .filter(rate_limit_rollups::tenant_id.eq(self.tenant.as_str()))
            .filter(rate_limit_rollups::environment.eq(self.environment.as_str()))
            .filter(is_refusal())
            .filter(rate_limit_rollups::bucket.ge(Resolution::Minute.bucket(since)))
            .select(sql::<BigInt>("CAST(COALESCE(SUM(refused), 0) AS BIGINT)"))
            .first(conn)?;
        Ok(refused.unsigned_abs())
    }

    fn events(
        self,
        conn: &mut DbConnection,
        period: Period,
    ) -> Result<Vec<RateLimitEvent>, ApiError> {
        let rows: Vec<Row> = rate_limit_rollups::table
            .filter(rate_limit_rollups::tenant_id.eq(self.tenant.as_str()))
            .filter(rate_limit_rollups::environment.eq(self.environment.as_str()))
            .filter(is_refusal())
            .filter(rate_limit_rollups::bucket.ge(period.from.naive_utc()))
            .filter(rate_limit_rollups::bucket.le(period.last().naive_utc()))
            .order(rate_limit_rollups::bucket.desc())
            .select(Row::as_select())
            .limit(EVENTS_MAX)
            .load(conn)?;
        let event = |row: Row| RateLimitEvent {
            at: row.bucket.and_utc(),
            refused: unsigned(row.refused),
            admitted: unsigned(row.admitted),
            limit: row.peak_limit.unsigned_abs(),
        };
        Ok(rows.into_iter().map(event).collect())
    }
}

/// Forgets the oldest rows of a resolution that are past their time, about `at_once`
/// of them. Minutes in which requests were refused stay as long as hours do: they are
/// few, and listed one by one.
pub fn forget(
    conn: &mut DbConnection,
    tenant: &TenantId,
    resolution: Resolution,
    now: DateTime<Utc>,
    at_once: i64,
) -> Result<usize, ApiError> {
    let mut forgotten = 0;
    for environment in Environment::ALL {
        let rows = rate_limit_rollups::table
            .filter(rate_limit_rollups::tenant_id.eq(tenant.as_str()))
            .filter(rate_limit_rollups::environment.eq(environment.as_str()))
            .filter(rate_limit_rollups::resolution_secs.eq(resolution.secs()));
        let quiet = rows.filter(rate_limit_rollups::refused.eq(0));
        if let Some(before) = resolution.forgotten_before(now) {
            let oldest: Vec<NaiveDateTime> = quiet
                .filter(rate_limit_rollups::bucket.lt(before))
                .order(rate_limit_rollups::bucket)
                .select(rate_limit_rollups::bucket)
                .limit(at_once)
                .load(conn)?;
            if let Some(last) = oldest.last() {
                let old = quiet.filter(rate_limit_rollups::bucket.le(last));
                forgotten += diesel::delete(old).execute(conn)?;
            }
        }
        if let Some(before) = Resolution::Hour.forgotten_before(now)
            && resolution.kept().is_some()
        {
            let old = rows.filter(rate_limit_rollups::bucket.lt(before));
            forgotten += diesel::delete(old).execute(conn)?;
        }
    }
    Ok(forgotten)
}

/// Minutes with refusals, in the words of the index that has only those.
fn is_refusal() -> diesel::expression::SqlLiteral<Bool> {
    sql("resolution_secs = 60 AND refused > 0")
}

fn unsigned(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
