//! Forgetting what is past its time: minutes and hours whose counts are in longer
//! rows, and old requests. In small pieces with pauses, so that writers do not wait.

use crate::{
    error::ApiError,
    models::{
        api_key::{ApiKey, VisibleKeys},
        rate_limit_history, request_log,
        tenant::Tenant,
        usage, usage_by_key,
    },
    state::AppState,
    usage::resolution::Resolution,
};
use chrono::TimeDelta;
use shared::key::Environment;
use std::time::Duration;
use tokio::time::sleep;

/// How many rows go in one transaction, a few milliseconds' worth.
const AT_ONCE: i64 = 1000;
/// For how long single requests are kept.
const LOG_KEPT: TimeDelta = TimeDelta::days(30);
/// How many single requests are kept, which is about two gigabytes: whoever is
/// flooded with failing requests for days loses the oldest of them sooner.
const LOG_ROWS_MAX: i64 = 5_000_000;

/// Forgets all of it, or stops with the server.
pub async fn forget_old(state: &AppState) -> Result<(), ApiError> {
    let now = state.clock.now();
    for tenant in state.db.read(Tenant::ids).await? {
        let all = VisibleKeys::all_of(tenant.clone());
        let mut lineages = state
            .db
            .read(move |conn| ApiKey::lineages(conn, &all))
            .await?;
        lineages.extend(Environment::ALL.map(|all_keys| all_keys.as_str().to_owned()));
        in_pieces(state, move |conn| {
            let mut forgotten = 0;
            for resolution in [Resolution::Minute, Resolution::Hour] {
                for lineage in &lineages {
                    let at_once = AT_ONCE - i64::try_from(forgotten).unwrap_or(AT_ONCE);
                    if at_once <= 0 {
                        return Ok(forgotten);
                    }
                    forgotten += usage::forget(conn, &tenant, lineage, resolution, now, at_once)?;
                }
                forgotten += usage_by_key::forget(conn, &tenant, resolution, now, AT_ONCE)?;
                forgotten += rate_limit_history::forget(conn, &tenant, resolution, now, AT_ONCE)?;
            }
            Ok(forgotten)
        })
        .await?;
    }
    let before = (now - LOG_KEPT).naive_utc();
    in_pieces(state, move |conn| {
        request_log::forget(conn, before, LOG_ROWS_MAX, AT_ONCE)
    })
    .await
}

/// Repeats `work` until it finds nothing more to forget, at rest for most of the time.
pub async fn in_pieces(
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
