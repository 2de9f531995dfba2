//! Writing, each second, what was noted about requests in the meantime.

use crate::{
    db::Database,
    error::ApiError,
    models,
    state::AppState,
    usage::{
        recorder::{Recorder, Risen},
        request_log::{LoggedRequest, RequestLog},
    },
};
use shared::{
    ids::{RequestId, TenantId},
    live::{LiveEvent, LiveRequest, NEWEST_MAX},
};
use std::collections::{BTreeMap, HashMap};

/// How many counts or requests are written in one transaction, so that other writers of the
/// database never wait for long.
const AT_ONCE: usize = 500;

/// Writes everything, and tells the open dashboards when it can be read. What could
/// not be written is kept for the next call.
pub async fn flush(state: &AppState) -> Result<(), ApiError> {
    let _alone = state.flushing.lock().await;
    state.rate_history.flush(&state.db, &state.tenants).await?;
    let mut newest = HashMap::new();
    let written = write(state, &mut newest).await;
    // Logged now, but counted before or after, or not because of an error.
    for (tenant, newest) in newest {
        let event = LiveEvent::Usage {
            keys: Vec::new(),
            requests: 0,
            errors: 0,
            newest,
        };
        state.live.send(&tenant, event);
    }
    written
}

/// Each tenant's newest requests in the log.
type Newest = HashMap<TenantId, Vec<LiveRequest>>;

/// Writes both, and tells the tenants whose counts rose, with what is `newest` of theirs.
async fn write(state: &AppState, newest: &mut Newest) -> Result<(), ApiError> {
    write_log(&state.request_log, &state.db, newest).await?;
    let risen = write_counts(&state.recorder, &state.db).await?;
    for (tenant, risen) in risen {
        state.metrics.requests_not_logged.inc_by(risen.not_logged);
        let event = LiveEvent::Usage {
            keys: risen.keys.into_iter().collect(),
            requests: risen.requests,
            errors: risen.errors,
            newest: newest.remove(&tenant).unwrap_or_default(),
        };
        state.live.send(&tenant, event);
    }
    Ok(())
}

/// Writes everything that was counted so far. Returns whose counts rose. What could not be
/// written is kept for the next call.
pub async fn write_counts(
    recorder: &Recorder,
    db: &Database,
) -> Result<BTreeMap<TenantId, Risen>, ApiError> {
    let mut unwritten = recorder.unwritten.lock().await;
    recorder.collect(&mut unwritten);
    let mut risen: BTreeMap<TenantId, Risen> = BTreeMap::new();
    while !unwritten.is_empty() {
        let first = unwritten.len().saturating_sub(AT_ONCE);
        let chunk = unwritten[first..].to_vec();
        db.write_usage(move |conn| models::usage::add(conn, &chunk))
            .await?;
        for counts in unwritten.drain(first..) {
            let tenant = risen.entry(counts.tenant_id.clone()).or_default();
            tenant.note(counts);
        }
    }
    Ok(risen)
}

/// Writes the single requests.
async fn write_log(log: &RequestLog, db: &Database, newest: &mut Newest) -> Result<(), ApiError> {
    let mut requests = log.take();
    while !requests.is_empty() {
        let chunk: Vec<_> = requests.drain(..requests.len().min(AT_ONCE)).collect();
        let rows = chunk.clone();
        let written = db
            .write_usage(move |conn| models::request_log::insert(conn, &rows))
            .await;
        if let Err(error) = written {
            requests.splice(..0, chunk);
            log.put_back(requests);
            return Err(error);
        }
        for request in chunk {
            let of_tenant = newest.entry(request.key.tenant_id.clone()).or_default();
            of_tenant.insert(0, request.live());
            of_tenant.truncate(NEWEST_MAX);
        }
    }
    Ok(())
}

impl LoggedRequest {
    fn live(&self) -> LiveRequest {
        let (method, path) = self.route.split_once(' ').unwrap_or(("", &self.route));
        LiveRequest {
            request_id: RequestId::new(&*self.request_id),
            at: self.at,
            key_id: self.key.id.clone(),
            environment: self.key.environment,
            lineage_id: self.key.lineage_id.clone(),
            method: method.to_owned(),
            path: path.to_owned(),
            status: self.status,
            duration_ms: u32::try_from(self.duration_us / 1000).unwrap_or(u32::MAX),
        }
    }
}
