//! Writes counted and logged requests to the database, and notifies open dashboards.

use crate::{
    db::Database,
    error::ApiError,
    jobs::State,
    models::usage::{rate_limit, request_log, rollup},
    rate_limit::RateCount,
    state::AppState,
    usage::{
        recorder::{MinuteRollup, UsageDelta},
        request_log::{LoggedRequest, RequestLog},
    },
};
use shared::{
    ids::{RequestId, TenantId},
    live::{LiveEvent, LiveRequest, NEWEST_MAX},
};
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Rows that one transaction writes, so that other writers do not wait long.
const BATCH_SIZE: usize = 500;

const INTERVAL: Duration = Duration::from_secs(1);

/// Flushes each second until the server stops. If flushes take long because very many keys are in
/// use, the interval grows, so that flushing never takes more than a fifth of the time.
pub async fn run(state: State, stopping: CancellationToken) {
    let mut pause = INTERVAL;
    while stopping.run_until_cancelled(sleep(pause)).await.is_some() {
        let began = state.clock.monotonic();
        if let Err(error) = flush(&state).await {
            state.metrics.usage_write_failures.inc();
            tracing::warn!(%error, "could not write usage counters; trying again");
        }
        let took = state.clock.monotonic().saturating_sub(began);
        pause = INTERVAL.max(took * 4);
    }
}

/// Flushes everything. Data that could not be written is kept for the next call.
pub async fn flush(state: &AppState) -> Result<(), ApiError> {
    let mut unflushed = state.unflushed.lock().await;
    unflushed.rate_counts.extend(state.tenants.take_minutes());
    write_rate_counts(&mut unflushed.rate_counts, &state.db).await?;
    let mut newest = HashMap::new();
    let flushed = write_requests(state, &mut unflushed.rollups, &mut newest).await;
    // Requests that were logged now, but whose counts are written earlier, later or not at all.
    for (tenant, newest) in newest {
        let event = LiveEvent::Usage {
            keys: Vec::new(),
            requests: 0,
            errors: 0,
            newest,
        };
        state.live.send(&tenant, event);
    }
    flushed
}

/// The newest logged requests of each tenant.
type Newest = HashMap<TenantId, Vec<LiveRequest>>;

/// Writes the request log and the counts, and notifies the tenants whose counts have changed.
async fn write_requests(
    state: &AppState,
    rollups: &mut Vec<MinuteRollup>,
    newest: &mut Newest,
) -> Result<(), ApiError> {
    write_log(&state.request_log, &state.db, newest).await?;
    state.recorder.collect(rollups);
    for (tenant, delta) in write_rollups(rollups, &state.db).await? {
        state.metrics.requests_not_logged.inc_by(delta.not_logged);
        let event = LiveEvent::Usage {
            keys: delta.keys.into_iter().collect(),
            requests: delta.requests,
            errors: delta.errors,
            newest: newest.remove(&tenant).unwrap_or_default(),
        };
        state.live.send(&tenant, event);
    }
    Ok(())
}

/// Writes counts and removes them from `rollups`. Returns the changes of each tenant.
pub async fn write_rollups(
    rollups: &mut Vec<MinuteRollup>,
    db: &Database,
) -> Result<BTreeMap<TenantId, UsageDelta>, ApiError> {
    let mut deltas: BTreeMap<TenantId, UsageDelta> = BTreeMap::new();
    while !rollups.is_empty() {
        let first = rollups.len().saturating_sub(BATCH_SIZE);
        let batch = rollups[first..].to_vec();
        db.write_usage(move |conn| rollup::add(conn, &batch))
            .await?;
        for rollup in rollups.drain(first..) {
            let delta = deltas.entry(rollup.tenant_id.clone()).or_default();
            delta.add(rollup);
        }
    }
    Ok(deltas)
}

/// Writes decisions of the rate limits and removes them from `counts`.
pub async fn write_rate_counts(counts: &mut Vec<RateCount>, db: &Database) -> Result<(), ApiError> {
    while !counts.is_empty() {
        let first = counts.len().saturating_sub(BATCH_SIZE);
        let batch = counts[first..].to_vec();
        db.write_usage(move |conn| rate_limit::add(conn, &batch))
            .await?;
        counts.truncate(first);
    }
    Ok(())
}

async fn write_log(log: &RequestLog, db: &Database, newest: &mut Newest) -> Result<(), ApiError> {
    let mut requests = log.take();
    while !requests.is_empty() {
        let batch: Vec<_> = requests.drain(..requests.len().min(BATCH_SIZE)).collect();
        let rows = batch.clone();
        let written = db
            .write_usage(move |conn| request_log::insert(conn, &rows))
            .await;
        if let Err(error) = written {
            requests.splice(..0, batch);
            log.put_back(requests);
            return Err(error);
        }
        for request in batch {
            let of_tenant = newest.entry(request.key.tenant_id.clone()).or_default();
            of_tenant.insert(0, live(&request));
            of_tenant.truncate(NEWEST_MAX);
        }
    }
    Ok(())
}

fn live(request: &LoggedRequest) -> LiveRequest {
    let (method, path) = request
        .route
        .split_once(' ')
        .unwrap_or(("", &request.route));
    LiveRequest {
        request_id: RequestId::new(&*request.request_id),
        at: request.at,
        key_id: request.key.id.clone(),
        environment: request.key.environment,
        lineage_id: request.key.lineage_id.clone(),
        method: method.to_owned(),
        path: path.to_owned(),
        status: request.status,
        duration_ms: u32::try_from(request.duration_us / 1000).unwrap_or(u32::MAX),
    }
}
