//! Applies changes that other processes have committed to this process's caches.

use crate::{
    error::ApiError,
    jobs::State,
    models::{
        change::{Change, Subject},
        tenant::Tenant,
    },
    state::AppState,
};
use shared::ids::{KeyId, TenantId, UserId};
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

pub const INTERVAL: Duration = Duration::from_millis(500);

/// Polls the change log until the server stops. The log includes this process's changes;
/// invalidating an entry twice costs one more read.
pub async fn run(state: State, stopping: CancellationToken) {
    let mut position = None;
    loop {
        if let Err(error) = apply(&state, &mut position).await {
            tracing::warn!(%error, "could not read the change log; trying again");
        }
        if stopping
            .run_until_cancelled(sleep(INTERVAL))
            .await
            .is_none()
        {
            return;
        }
    }
}

async fn apply(state: &AppState, position: &mut Option<i64>) -> Result<(), ApiError> {
    // Taken before reading: later changes belong to the next poll.
    let began = state.clock.monotonic();
    apply_new(state, position).await?;
    if !state.keys.is_current(began) {
        // After a gap this long, the log may have dropped entries.
        state.keys.invalidate_all();
    }
    state.keys.confirm(began);
    Ok(())
}

async fn apply_new(state: &AppState, position: &mut Option<i64>) -> Result<(), ApiError> {
    let Some(seen) = *position else {
        *position = Some(state.db.read_changes(Change::newest).await?);
        // Anything cached before the first poll may be stale.
        state.keys.invalidate_all();
        return Ok(());
    };
    let Some(changes) = state
        .db
        .read_changes(move |conn| Change::since(conn, seen))
        .await?
    else {
        state.keys.invalidate_all();
        *position = Some(state.db.read_changes(Change::newest).await?);
        return Ok(());
    };
    for change in &changes {
        match change.subject() {
            Some(Subject::Key) => {
                let id = KeyId::new(change.subject_id.clone());
                state.keys.invalidate(&id);
            }
            Some(Subject::Tenant) => {
                let id = TenantId::new(change.subject_id.clone());
                if state.tenants.knows(&id) {
                    let tenant = state
                        .db
                        .read_changes(move |conn| Tenant::get(conn, &id))
                        .await?;
                    state.tenants.refresh(&tenant)?;
                }
            }
            Some(Subject::User) => {
                let id = UserId::new(change.subject_id.clone());
                state.live.sessions_ended(&id);
            }
            None => state.keys.invalidate_all(),
        }
        *position = Some(change.seq);
    }
    Ok(())
}
