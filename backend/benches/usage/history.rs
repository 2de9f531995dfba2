//! Generates usage history for a given number of requests. Uses the production code that stores
//! usage, but with a day per write.

use backend::{
    jobs::prune_usage,
    keys::cache::KeyRecord,
    models::{
        api_key::ApiKey,
        usage::{rate_limit, request_log, rollup},
    },
    rate_limit::{MinuteCount, RateCount},
    state::AppState,
    usage::{
        histogram::Histogram,
        recorder::{LastRequest, MinuteRollup, Source},
        request_log::{Failure, LoggedRequest},
        rollup_interval::RollupInterval,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use shared::{
    error::ErrorCode,
    ids::KeyId,
    key::Environment,
    operation::{OPERATIONS, Operation},
    usage::Check,
};
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

/// Twice the longest range on the page, because the page compares two ranges.
const DAYS: i64 = 60;
const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Number of routes that each key calls.
const ROUTES: usize = 6;
/// Statuses with their share of responses, in thousandths.
const STATUSES: [(u16, u64); 5] = [(200, 930), (201, 20), (400, 25), (403, 15), (429, 10)];
/// Maximum number of failed requests in the request log.
const LOGGED_MAX: u64 = 200_000;

/// Writes the history up to now. Minutes past their retention period are written as hours.
pub async fn write(state: &AppState, keys: &[String], requests: u64) {
    let now = state.clock.now();
    let keys = records(state, keys).await;
    let per_minute = requests as f64 / (DAYS * 1440) as f64;
    let mut written = Written {
        keys,
        carry: Vec::new(),
        next_id: 0,
        log_every: (requests / 20).div_ceil(LOGGED_MAX).max(1),
    };
    for day in (0..DAYS).rev() {
        let to = now - TimeDelta::days(day);
        let from = to - TimeDelta::days(1);
        let step = RollupInterval::finest(from, now).length();
        let (mut counts, mut rates, mut log) = (Vec::new(), Vec::new(), Vec::new());
        let mut at = RollupInterval::Hour.floor(from);
        while at + step <= RollupInterval::Hour.floor(to).max(from) || (day == 0 && at + step <= to)
        {
            let share = per_minute * step.num_minutes() as f64;
            written.bucket(at, share, &mut counts, &mut log);
            rates.push(written.rate(at, share));
            at += step;
        }
        let db = &state.db;
        for chunk in counts.chunks(20_000) {
            let chunk = chunk.to_vec();
            db.write_usage(move |conn| rollup::add(conn, &chunk))
                .await
                .unwrap();
        }
        db.write_usage(move |conn| rate_limit::add(conn, &rates))
            .await
            .unwrap();
        for chunk in log.chunks(500) {
            let chunk = chunk.to_vec();
            db.write_usage(move |conn| request_log::insert(conn, &chunk))
                .await
                .unwrap();
        }
    }
    prune_usage::prune(state).await.unwrap();
}

async fn records(state: &AppState, keys: &[String]) -> Vec<Arc<KeyRecord>> {
    let ids = keys
        .iter()
        .map(|key| format!("{}{}", KeyId::PREFIX, &key[8..20]));
    let ids: Vec<_> = ids.map(KeyId::new).collect();
    let tenants = state.tenants.clone();
    let read = state.db.read(move |conn| {
        let record = |id: &KeyId| ApiKey::record(conn, id, |tenant| tenants.refresh(tenant));
        ids.iter().map(record).collect::<Result<Vec<_>, _>>()
    });
    let records = read.await.unwrap().into_iter();
    records.map(|record| Arc::new(record.unwrap())).collect()
}

struct Written {
    keys: Vec<Arc<KeyRecord>>,
    /// Fraction of a request that each series carries over to the next bucket.
    carry: Vec<f64>,
    next_id: u64,
    log_every: u64,
}

impl Written {
    /// Generates the requests of one bucket, spread over keys, routes and statuses.
    fn bucket(
        &mut self,
        at: DateTime<Utc>,
        share: f64,
        counts: &mut Vec<MinuteRollup>,
        log: &mut Vec<LoggedRequest>,
    ) {
        let public = OPERATIONS.iter().filter(|row| row.is_public_api());
        let routes: Vec<String> = public.map(Operation::route).collect();
        let series = self.keys.len() * ROUTES;
        let mut index = 0;
        for (number, key) in self.keys.clone().iter().enumerate() {
            for route in routes.iter().cycle().skip(number * 3).take(ROUTES) {
                for (status, of_thousand) in STATUSES {
                    let wanted = share * of_thousand as f64 / 1000.0 / series as f64;
                    let requests = self.whole(index, wanted);
                    index += 1;
                    if requests == 0 {
                        continue;
                    }
                    if status >= 400 {
                        self.log(at, key, route, status, requests, log);
                    }
                    counts.push(count(at, key, route, status, requests));
                }
            }
        }
    }

    /// Returns the number of whole requests of a series in this bucket. Series start with
    /// different fractions, so that they do not all get a request in the same bucket.
    fn whole(&mut self, index: usize, wanted: f64) -> u64 {
        if index == self.carry.len() {
            self.carry.push((index as f64 * 0.618).fract());
        }
        let sum = self.carry[index] + wanted;
        self.carry[index] = sum.fract();
        sum as u64
    }

    fn rate(&self, at: DateTime<Utc>, share: f64) -> RateCount {
        RateCount {
            tenant_id: self.keys[0].tenant_id.clone(),
            environment: Environment::Live,
            count: MinuteCount {
                minute: at.timestamp() / 60,
                admitted: share as u32 + u32::try_from(at.timestamp() / 60 % 7).unwrap(),
                refused: u32::from(at.timestamp() / 60 % 50 == 0),
                refused_by_endpoint: 0,
                limit: 300,
            },
        }
    }

    fn log(
        &mut self,
        at: DateTime<Utc>,
        key: &Arc<KeyRecord>,
        route: &str,
        status: u16,
        requests: u64,
        log: &mut Vec<LoggedRequest>,
    ) {
        for _ in 0..requests {
            self.next_id += 1;
            if !self.next_id.is_multiple_of(self.log_every) {
                continue;
            }
            log.push(LoggedRequest {
                request_id: format!("req_bench{}", self.next_id),
                key: key.clone(),
                source: Source::Api,
                client: CLIENT,
                route: route.to_owned(),
                status,
                at,
                duration_us: 900,
                failure: Some(Failure {
                    error: ErrorCode::InvalidField,
                    message: "A field of the request is missing.".to_owned(),
                    refused_by: Check::Validation,
                }),
            });
        }
    }
}

fn count(
    at: DateTime<Utc>,
    key: &Arc<KeyRecord>,
    route: &str,
    status: u16,
    requests: u64,
) -> MinuteRollup {
    let mut latency = Histogram::default();
    // One tenth of the requests at each of ten latencies from 0.4 ms to 200 ms.
    let tenth = u32::try_from(requests / 10).unwrap();
    for step in 0..10 {
        let rest = u32::from(step < requests % 10);
        if tenth + rest > 0 {
            latency.record_times(400 << step, tenth + rest);
        }
    }
    MinuteRollup {
        tenant_id: key.tenant_id.clone(),
        key_id: key.id.clone(),
        lineage_id: key.lineage_id.clone(),
        environment: key.environment,
        route: route.to_owned(),
        status,
        minute: at,
        requests,
        not_logged: 0,
        latency_us_sum: requests * 8_000,
        latency,
        source: Source::Api,
        last_use: Some(LastRequest {
            at_ms: at.timestamp_millis(),
            client: CLIENT,
        }),
        last_refusal: None,
    }
}
