//! Sums of all rows of a range, by route and by status.

use crate::models::usage::report::Rollups;
use crate::{
    db::DbConnection,
    error::ApiError,
    models::usage::{rollup_by_key::Count, subject::split_route},
    schema::usage_rollups,
    usage::{
        histogram::Distribution,
        rollup_interval::RollupInterval,
        time_range::{RollupSegment, TimeRange},
    },
};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper};
use rustc_hash::FxHashMap;
use shared::usage::{EndpointUsage, RateLimitPeak, StatusShare, UsageTotals};
use std::collections::BTreeMap;

/// The summed columns of `usage_rollups`.
#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = usage_rollups)]
struct Row {
    route: String,
    status: i32,
    requests: i64,
    latency_us_sum: i64,
    latency: Vec<u8>,
    not_logged: i64,
}

/// Requests to one route.
#[derive(Default)]
struct Route {
    count: Count,
    latency_us_sum: u64,
    latencies: Distribution,
}

/// Sums of a time range.
#[derive(Default)]
pub(super) struct Tally {
    routes: FxHashMap<String, Route>,
    errors_by_status: BTreeMap<i32, u64>,
    not_logged: u64,
}

impl Tally {
    pub fn load(
        conn: &mut DbConnection,
        source: Rollups<'_>,
        range: TimeRange,
    ) -> Result<Self, ApiError> {
        let mut tally = Self::default();
        for segment in range.segments(RollupInterval::Day) {
            for row in rows(conn, source, segment)? {
                tally.add(row);
            }
        }
        Ok(tally)
    }

    fn add(&mut self, row: Row) {
        let requests = row.requests.unsigned_abs();
        let route = self.routes.entry(row.route).or_default();
        route.count.add(row.status, requests);
        route.latency_us_sum += row.latency_us_sum.unsigned_abs();
        route.latencies.add(&row.latency);
        if row.status >= 400 {
            *self.errors_by_status.entry(row.status).or_default() += requests;
        }
        self.not_logged += row.not_logged.unsigned_abs();
    }

    /// Returns the totals. `peak` is the busiest minute relative to the rate limit.
    pub fn totals(&self, peak: Option<RateLimitPeak>) -> UsageTotals {
        let mut all = Route::default();
        for route in self.routes.values() {
            all.count.requests += route.count.requests;
            all.count.errors += route.count.errors;
            all.latency_us_sum += route.latency_us_sum;
            all.latencies.merge(&route.latencies);
        }
        let Count { requests, errors } = all.count;
        let quantile = |share| all.latencies.quantile(share, all.latency_us_sum);
        UsageTotals {
            requests,
            success_rate: ratio(requests - errors, requests),
            latency_ms_avg: ratio(all.latency_us_sum, requests).map(in_ms),
            latency_ms_p50: quantile(0.5).map(in_ms),
            latency_ms_p95: quantile(0.95).map(in_ms),
            latency_ms_p99: quantile(0.99).map(in_ms),
            rate_limit_used: peak.and_then(|peak| ratio(peak.value.into(), peak.limit.into())),
        }
    }

    /// Returns the usage by endpoint, most requests first.
    pub fn endpoints(&self) -> Vec<EndpointUsage> {
        let mut endpoints: Vec<_> = self.routes.iter().map(endpoint).collect();
        endpoints.sort_by(|a, b| {
            let by_requests = b.requests.cmp(&a.requests);
            by_requests.then_with(|| (&a.path, &a.method).cmp(&(&b.path, &b.method)))
        });
        endpoints
    }

    /// Returns the statuses of failed requests, most frequent first.
    pub fn by_status(&self) -> Vec<StatusShare> {
        let all: u64 = self.errors_by_status.values().sum();
        let share = |(status, count): (&i32, &u64)| StatusShare {
            status: u16::try_from(*status).unwrap_or_default(),
            count: *count,
            share: ratio(*count, all).unwrap_or_default(),
        };
        let mut shares: Vec<_> = self.errors_by_status.iter().map(share).collect();
        shares.sort_by_key(|share| std::cmp::Reverse(share.count));
        shares
    }

    /// Returns the number of requests that are not in the request log.
    pub fn not_logged(&self) -> u64 {
        self.not_logged
    }
}

fn rows(
    conn: &mut DbConnection,
    source: Rollups<'_>,
    segment: RollupSegment,
) -> Result<Vec<Row>, ApiError> {
    Ok(usage_rollups::table
        .filter(usage_rollups::tenant_id.eq(source.tenant.as_str()))
        .filter(usage_rollups::lineage_id.eq(source.lineage))
        .filter(usage_rollups::resolution_secs.eq(segment.interval.secs()))
        .filter(usage_rollups::bucket.ge(segment.from.naive_utc()))
        .filter(usage_rollups::bucket.lt(segment.to.naive_utc()))
        .select(Row::as_select())
        .load(conn)?)
}

fn endpoint((name, route): (&String, &Route)) -> EndpointUsage {
    let (method, path) = split_route(name);
    let Count { requests, errors } = route.count;
    EndpointUsage {
        method: method.to_owned(),
        path: path.to_owned(),
        requests,
        success_rate: success_rate(route.count),
        latency_ms_avg: ratio(route.latency_us_sum, requests).map_or(0.0, in_ms),
        latency_ms_p95: route
            .latencies
            .quantile(0.95, route.latency_us_sum)
            .map_or(0.0, in_ms),
        errors,
    }
}

/// Returns the share of successful requests; 1 without requests.
pub(super) fn success_rate(count: Count) -> f64 {
    ratio(count.requests - count.errors, count.requests).unwrap_or(1.0)
}

/// Returns `count / all`; `None` if `all` is zero.
fn ratio(count: u64, all: u64) -> Option<f64> {
    (all > 0).then(|| count as f64 / all as f64)
}

/// Converts to milliseconds, rounded to the microsecond.
fn in_ms(micros: f64) -> f64 {
    micros.round() / 1000.0
}
