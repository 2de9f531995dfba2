//! Prunes counts by minute and hour, which are included in those by day, and old entries of the
//! request log. Works in small batches with pauses, so that writers do not wait.

use crate::{
    error::ApiError,
    models::{
        api_key::{ApiKey, VisibleKeys},
        tenant::Tenant,
        usage::{rate_limit, request_log, rollup, rollup_by_key},
    },
    state::AppState,
    usage::rollup_interval::RollupInterval,
};
use chrono::TimeDelta;
use shared::key::Environment;
use std::time::Duration;
use tokio::time::sleep;

/// Rows that one transaction deletes; takes a few milliseconds.
const BATCH_SIZE: i64 = 1000;
/// Retention of the request log.
const REQUEST_LOG_RETENTION: TimeDelta = TimeDelta::days(30);
/// Maximum size of the request log, about 2 GB. A flood of failing requests shortens the retention.
const REQUEST_LOG_MAX_ROWS: i64 = 5_000_000;

/// Prunes everything that has expired, or stops with the server.
pub async fn prune(state: &AppState) -> Result<(), ApiError> {
    let now = state.clock.now();
    for tenant in state.db.read(Tenant::ids).await? {
        let all = VisibleKeys::all_of(tenant.clone());
        let mut lineages = state
            .db
            .read(move |conn| ApiKey::lineages(conn, &all))
            .await?;
        lineages.extend(Environment::ALL.map(|all_keys| all_keys.as_str().to_owned()));
        in_batches(state, move |conn| {
            let mut pruned = 0;
            for interval in [RollupInterval::Minute, RollupInterval::Hour] {
                for lineage in &lineages {
                    let limit = BATCH_SIZE - i64::try_from(pruned).unwrap_or(BATCH_SIZE);
                    if limit <= 0 {
                        return Ok(pruned);
                    }
                    pruned += rollup::prune(conn, &tenant, lineage, interval, now, limit)?;
                }
                pruned += rollup_by_key::prune(conn, &tenant, interval, now, BATCH_SIZE)?;
                pruned += rate_limit::prune(conn, &tenant, interval, now, BATCH_SIZE)?;
            }
            Ok(pruned)
        })
        .await?;
    }
    let before = (now - REQUEST_LOG_RETENTION).naive_utc();
    in_batches(state, move |conn| {
        request_log::prune(conn, before, REQUEST_LOG_MAX_ROWS, BATCH_SIZE)
    })
    .await
}

/// Repeats `work` until it deletes nothing more, with pauses of four times its duration.
pub async fn in_batches(
    state: &AppState,
    work: impl Fn(&mut crate::db::DbConnection) -> Result<usize, ApiError> + Clone + Send + 'static,
) -> Result<(), ApiError> {
    while !state.live.is_closing() {
        let began = state.clock.monotonic();
        if state.db.write_usage(work.clone()).await? == 0 {
            return Ok(());
        }
        let took = state.clock.monotonic().saturating_sub(began);
        sleep(took.max(Duration::from_millis(1)) * 4).await;
    }
    Ok(())
}
