//! The usage report, read from the fewest rollups that cover the range.

mod keys;
mod tally;

use crate::{
    db::DbConnection,
    error::ApiError,
    models::{
        tenant::Tenant,
        usage::{rate_limit::History, request_log, subject::Subject},
    },
    schema::usage_rollups,
    usage::{
        rollup_interval::RollupInterval,
        time_range::{RollupSegment, TimeRange},
    },
};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, dsl::sql, sql_types::BigInt};
use shared::{
    ids::TenantId,
    usage::{ApiUsage, UsageErrors, UsagePoint},
};
use std::collections::HashMap;
use tally::Tally;

/// Maximum number of failed requests in a report.
const RECENT_MAX: i64 = 20;

impl Subject {
    /// Returns the lineage of its rows in `usage_rollups`. The name of an environment stands in that
    /// column for all its keys.
    fn rollups(&self) -> Rollups<'_> {
        let all_keys = self.environment.as_str();
        Rollups {
            tenant: &self.tenant,
            lineage: self.lineage.as_deref().unwrap_or(all_keys),
        }
    }
}

/// Loads the usage in a range and in the one before. Call it in a snapshot, so that all parts of the
/// report add up.
pub fn load(
    conn: &mut DbConnection,
    subject: &Subject,
    range: TimeRange,
    now: DateTime<Utc>,
) -> Result<ApiUsage, ApiError> {
    let by = range.interval(now);
    let previous = range.previous(now);
    let source = subject.rollups();
    let tally = Tally::load(conn, source, range)?;
    let before = Tally::load(conn, source, previous)?;
    let tenant = Tenant::get(conn, &subject.tenant)?;
    let history = History {
        tenant: &subject.tenant,
        environment: subject.environment,
        limit_now: tenant.limits()?.rate_per_minute,
    };
    let rate_limit = history.usage(conn, range, by, now)?;
    let peak_before = history.peak(conn, previous)?;
    let recent = request_log::failed(conn, subject, range, None, RECENT_MAX)?;
    Ok(ApiUsage {
        environment: subject.environment,
        range: range.view(by),
        generated_at: now,
        totals: tally.totals(rate_limit.peak),
        previous: before.totals(peak_before),
        series: series(conn, source, range, by)?,
        endpoints: tally.endpoints(),
        errors: UsageErrors {
            by_status: tally.by_status(),
            recent: recent.iter().map(request_log::Entry::view).collect(),
        },
        rate_limit,
        keys: keys::load(conn, subject, range)?,
        not_logged: tally.not_logged(),
    })
}

/// The rows of `usage_rollups` that a report is made from.
#[derive(Clone, Copy)]
struct Rollups<'a> {
    tenant: &'a TenantId,
    lineage: &'a str,
}

/// Returns the requests over time, including empty buckets.
fn series(
    conn: &mut DbConnection,
    source: Rollups<'_>,
    range: TimeRange,
    by: RollupInterval,
) -> Result<Vec<UsagePoint>, ApiError> {
    let mut counts: HashMap<DateTime<Utc>, (u64, u64)> = HashMap::new();
    for segment in range.segments(by) {
        for (bucket, total, errors) in count_by_bucket(conn, source, segment)? {
            let point = counts.entry(by.floor(bucket)).or_default();
            point.0 += total;
            point.1 += errors;
        }
    }
    let point = |(t, partial)| {
        let (total, errors) = counts.get(&t).copied().unwrap_or_default();
        UsagePoint {
            t,
            total,
            success: total.saturating_sub(errors),
            errors,
            partial,
        }
    };
    Ok(range.buckets(by).map(point).collect())
}

/// Returns the number of requests and of failed requests, for each bucket that is not empty.
fn count_by_bucket(
    conn: &mut DbConnection,
    source: Rollups<'_>,
    segment: RollupSegment,
) -> Result<Vec<(DateTime<Utc>, u64, u64)>, ApiError> {
    let total = sql::<BigInt>("CAST(SUM(requests) AS BIGINT)");
    let errors =
        sql::<BigInt>("CAST(SUM(CASE WHEN status >= 400 THEN requests ELSE 0 END) AS BIGINT)");
    let rows: Vec<(NaiveDateTime, i64, i64)> = usage_rollups::table
        .filter(usage_rollups::tenant_id.eq(source.tenant.as_str()))
        .filter(usage_rollups::lineage_id.eq(source.lineage))
        .filter(usage_rollups::resolution_secs.eq(segment.interval.secs()))
        .filter(usage_rollups::bucket.ge(segment.from.naive_utc()))
        .filter(usage_rollups::bucket.lt(segment.to.naive_utc()))
        .group_by(usage_rollups::bucket)
        .select((usage_rollups::bucket, total, errors))
        .load(conn)?;
    let counted = |(bucket, total, errors): (NaiveDateTime, i64, i64)| {
        (
            bucket.and_utc(),
            total.unsigned_abs(),
            errors.unsigned_abs(),
        )
    };
    Ok(rows.into_iter().map(counted).collect())
}
