//! What happens without a request: counters are written each second, changes made
//! by other processes are noticed, and what nobody needs any more is forgotten.

use crate::{
    error::ApiError,
    models::{
        change::{Change, Subject},
        tenant::Tenant,
    },
    state::AppState,
};
use actix_web::web;
use shared::{
    ids::{KeyId, TenantId},
    live::LiveEvent,
};
use std::{future::Future, time::Duration};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{MissedTickBehavior, interval, timeout},
};

const FLUSH_EVERY: Duration = Duration::from_secs(1);
const LOOK_FOR_CHANGES_EVERY: Duration = Duration::from_millis(500);
const TIDY_EVERY: Duration = Duration::from_mins(1);
/// How long the last write of the counters may take when the server stops.
const LAST_FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

/// The tasks of a running server.
pub struct Tasks {
    stopping: watch::Sender<bool>,
    handles: Vec<JoinHandle<()>>,
}

impl Tasks {
    /// Starts them.
    pub fn spawn(state: &web::Data<AppState>) -> Self {
        let stopping = watch::Sender::new(false);
        let flusher = state.clone();
        let watcher = state.clone();
        let tidier = state.clone();
        let mut position = None;
        let handles = vec![
            every(FLUSH_EVERY, &stopping, move || flush(flusher.clone())),
            every(LOOK_FOR_CHANGES_EVERY, &stopping, {
                let position = std::sync::Arc::new(tokio::sync::Mutex::new(position.take()));
                move || look_for_changes(watcher.clone(), position.clone())
            }),
            every(TIDY_EVERY, &stopping, move || tidy(tidier.clone())),
        ];
        Self { stopping, handles }
    }

    /// Ends them and writes the counters one last time.
    pub async fn finish(self, state: &AppState) {
        self.stopping.send_replace(true);
        for handle in self.handles {
            if let Err(error) = handle.await {
                tracing::error!(%error, "a background task had failed");
            }
        }
        match timeout(LAST_FLUSH_TIMEOUT, state.recorder.flush(&state.db)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::error!(%error, "the last usage counters are lost"),
            Err(_) => tracing::error!("the last usage counters are lost: the database is too slow"),
        }
    }
}

/// Does `work` again and again until the server stops.
fn every<F>(
    period: Duration,
    stopping: &watch::Sender<bool>,
    work: impl Fn() -> F + 'static,
) -> JoinHandle<()>
where
    F: Future<Output = ()> + 'static,
{
    let mut stopping = stopping.subscribe();
    actix_web::rt::spawn(async move {
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return,
                _ = ticks.tick() => work().await,
            }
        }
    })
}

async fn flush(state: web::Data<AppState>) {
    match state.recorder.flush(&state.db).await {
        Ok(risen) => {
            for (tenant, keys) in risen {
                state.live.send(
                    &tenant,
                    LiveEvent::Usage {
                        keys: keys.into_iter().collect(),
                    },
                );
            }
        }
        Err(error) => {
            state.metrics.usage_write_failures.inc();
            tracing::warn!(%error, "could not write the usage counters; trying again");
        }
    }
}

type Position = std::sync::Arc<tokio::sync::Mutex<Option<i64>>>;

/// Reads the change log. This process's own changes are in it too; forgetting
/// something twice costs one more read.
async fn look_for_changes(state: web::Data<AppState>, position: Position) {
    if let Err(error) = apply_changes(&state, &mut *position.lock().await).await {
        tracing::warn!(%error, "could not read the change log; trying again");
    }
}

async fn apply_changes(state: &AppState, position: &mut Option<i64>) -> Result<(), ApiError> {
    let Some(seen) = *position else {
        *position = Some(state.db.read(Change::newest).await?);
        // Whatever was read before the log was first looked at may be out of date.
        state.keys.forget_all();
        return Ok(());
    };
    let Some(changes) = state.db.read(move |conn| Change::since(conn, seen)).await? else {
        state.keys.forget_all();
        *position = Some(state.db.read(Change::newest).await?);
        return Ok(());
    };
    for change in &changes {
        match change.subject() {
            Some(Subject::Key) => {
                let id = KeyId::new(change.subject_id.clone());
                state.keys.forget(&id);
            }
            Some(Subject::Tenant) => {
                let id = TenantId::new(change.subject_id.clone());
                if state.tenants.knows(&id) {
                    let tenant = state.db.read(move |conn| Tenant::get(conn, &id)).await?;
                    state.tenants.limits(&tenant)?;
                }
            }
            None => state.keys.forget_all(),
        }
        *position = Some(change.seq);
    }
    Ok(())
}

async fn tidy(state: web::Data<AppState>) {
    state.failed_keys.forget_quiet();
    state.failed_logins_by_address.forget_quiet();
    state.failed_logins_by_account.forget_quiet();
    if let Err(error) = state.db.write(Change::prune).await {
        tracing::warn!(%error, "could not prune the change log; trying again");
    }
}
