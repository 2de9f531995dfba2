//! Background jobs of the server: flushing counters, applying changes from other processes,
//! advancing campaigns, sending emails and cleanup.

pub mod campaign_bodies;
pub mod deliver_mail;
pub mod flush_usage;
mod mail_message;
mod prune_data;
pub mod prune_usage;
pub mod send_campaigns;

use crate::{
    auth::refusals,
    db::DbConnection,
    error::ApiError,
    mail::transport::MailTransport,
    models::{
        api_key::ApiKey,
        change::{Change, Subject},
        idempotency,
        tenant::Tenant,
    },
    state::AppState,
};
use actix_web::web;
use deliver_mail::deliver;
use shared::ids::{KeyId, TenantId, UserId};
use std::{future::Future, time::Duration};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{MissedTickBehavior, interval, sleep, timeout},
};

const FLUSH_INTERVAL: Duration = Duration::from_secs(1);
const POLL_CHANGE_LOG_INTERVAL: Duration = Duration::from_millis(500);
/// Interval at which running campaigns queue their next chunk.
const CAMPAIGNS_INTERVAL: Duration = Duration::from_millis(250);
/// Interval at which expired usage is pruned.
const PRUNE_INTERVAL: Duration = Duration::from_mins(10);
const CLEANUP_INTERVAL: Duration = Duration::from_mins(1);
/// Timeout of the final flush on shutdown.
const LAST_FLUSH_TIMEOUT: Duration = Duration::from_secs(10);

/// The server's background jobs.
pub struct Tasks {
    stopping: watch::Sender<bool>,
    handles: Vec<JoinHandle<()>>,
}

impl Tasks {
    pub fn spawn(state: &web::Data<AppState>, transport: MailTransport) -> Self {
        let stopping = watch::Sender::new(false);
        let watcher = state.clone();
        let tidier = state.clone();
        let auditor = state.clone();
        let campaigner = state.clone();
        let forgetter = state.clone();
        let mut position = None;
        let handles = vec![
            actix_web::rt::spawn(flush_periodically(state.clone(), stopping.subscribe())),
            every(POLL_CHANGE_LOG_INTERVAL, &stopping, {
                let position = std::sync::Arc::new(tokio::sync::Mutex::new(position.take()));
                move || poll_change_log(watcher.clone(), position.clone())
            }),
            every(FLUSH_INTERVAL, &stopping, move || {
                write_refusals(auditor.clone())
            }),
            every(CLEANUP_INTERVAL, &stopping, move || cleanup(tidier.clone())),
            every(PRUNE_INTERVAL, &stopping, move || {
                prune_expired(forgetter.clone())
            }),
            every(CAMPAIGNS_INTERVAL, &stopping, move || {
                send_campaigns::advance(campaigner.clone())
            }),
            actix_web::rt::spawn(deliver(state.clone(), transport, stopping.subscribe())),
        ];
        Self { stopping, handles }
    }

    /// Signals shutdown: each job finishes its current run.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Waits for the jobs and flushes the counters one last time.
    pub async fn finish(self, state: &AppState) {
        self.stop();
        for handle in self.handles {
            if let Err(error) = handle.await {
                tracing::error!(%error, "a background task had failed");
            }
        }
        refusals::report_repeats(state);
        if let Err(error) = refusals::flush(state).await {
            tracing::error!(%error, "the last refusals are not in the audit log");
        }
        match timeout(LAST_FLUSH_TIMEOUT, flush_usage::flush(state)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the last usage counters are lost"),
            Err(_) => tracing::error!("the last usage counters are lost: the database is too slow"),
        }
    }
}

/// Runs `work` periodically until the server stops.
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

/// Flushes the counters each second. If a flush takes long because very many keys are in use, the
/// interval grows, so that flushing never takes more than a fifth of the time.
async fn flush_periodically(state: web::Data<AppState>, mut stopping: watch::Receiver<bool>) {
    let mut pause = FLUSH_INTERVAL;
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = sleep(pause) => {}
        }
        let began = state.clock.monotonic();
        flush(&state).await;
        let took = state.clock.monotonic().saturating_sub(began);
        pause = FLUSH_INTERVAL.max(took * 4);
    }
}

async fn flush(state: &AppState) {
    if let Err(error) = flush_usage::flush(state).await {
        state.metrics.usage_write_failures.inc();
        tracing::warn!(%error, "could not write what was counted; trying again");
    }
}

type Position = std::sync::Arc<tokio::sync::Mutex<Option<i64>>>;

/// Polls the change log. It includes this process's changes; invalidating an entry twice costs one
/// more read.
async fn poll_change_log(state: web::Data<AppState>, position: Position) {
    if let Err(error) = apply_changes(&state, &mut *position.lock().await).await {
        tracing::warn!(%error, "could not read the change log; trying again");
    }
}

async fn apply_changes(state: &AppState, position: &mut Option<i64>) -> Result<(), ApiError> {
    // Taken before reading: later changes belong to the next poll.
    let began = state.clock.monotonic();
    read_changes(state, position).await?;
    if !state.keys.is_current(began) {
        // After a gap this long, the log may have dropped entries.
        state.keys.invalidate_all();
    }
    state.keys.confirm(began);
    Ok(())
}

async fn read_changes(state: &AppState, position: &mut Option<i64>) -> Result<(), ApiError> {
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

async fn prune_expired(state: web::Data<AppState>) {
    if let Err(error) = prune_usage::prune(&state).await {
        tracing::warn!(%error, "could not forget old usage; trying again");
    }
    if let Err(error) = prune_data::prune(&state).await {
        tracing::warn!(%error, "could not delete what is past its retention; trying again");
    }
}

async fn write_refusals(state: web::Data<AppState>) {
    if let Err(error) = refusals::flush(&state).await {
        tracing::warn!(%error, "could not write refusals to the audit log; trying again");
    }
}

async fn cleanup(state: web::Data<AppState>) {
    state
        .violations
        .prune_before(state.clock.now_ms() / 3_600_000);
    state.violations.report_repeats();
    refusals::report_repeats(&state);
    let now = state.clock.now();
    let forget = move |conn: &mut DbConnection| {
        Change::prune(conn)?;
        ApiKey::prune_sealed(conn, now)
    };
    if let Err(error) = state.db.write(forget).await {
        tracing::warn!(%error, "could not cleanup the database; trying again");
    }
    let now = state.clock.now_naive();
    let prune = move |conn: &mut _| idempotency::prune(conn, now);
    if let Err(error) = state.db.write(prune).await {
        tracing::warn!(%error, "could not forget old idempotency keys; trying again");
    }
}
