//! Background jobs. Every process runs all of them; the last column says how they share the work.
//!
//! | job | interval | with several processes |
//! |---|---|---|
//! | [`flush_usage`] | 1 s, longer if flushes are slow | each writes what it has counted |
//! | [`poll_change_log`] | 500 ms | each updates its own caches |
//! | [`deliver_mail`] | after an email was queued, else 1 s | an email is leased to one process |
//! | [`send_campaigns`] | 250 ms | a chunk is claimed by one process |
//! | [`flush_refusals`] | 1 s | each writes what it has refused |
//! | [`cleanup`] | 1 min | repeating it does no harm |
//! | [`prune_usage`], [`prune_data`] | 10 min | repeating it does no harm |

pub mod campaign_bodies;
pub mod deliver_mail;
pub mod flush_usage;
mod mail_message;
mod poll_change_log;
pub mod prune_data;
pub mod prune_usage;
pub mod send_campaigns;

use crate::{
    auth::refusals,
    db::DbConnection,
    mail::transport::MailTransport,
    models::{api_key::ApiKey, change::Change, idempotency},
    state::AppState,
};
use actix_web::web;
use std::time::Duration;
use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval, timeout},
};
use tokio_util::sync::CancellationToken;

type State = web::Data<AppState>;

const FLUSH_REFUSALS_INTERVAL: Duration = Duration::from_secs(1);
const SEND_CAMPAIGNS_INTERVAL: Duration = Duration::from_millis(250);
const PRUNE_INTERVAL: Duration = Duration::from_mins(10);
const CLEANUP_INTERVAL: Duration = Duration::from_mins(1);
/// Timeout of the final flush on shutdown.
const LAST_FLUSH_TIMEOUT: Duration = Duration::from_secs(10);

/// The running jobs.
pub struct Jobs {
    stopping: CancellationToken,
    handles: Vec<JoinHandle<()>>,
}

impl Jobs {
    pub fn spawn(state: &State, transport: MailTransport) -> Self {
        let stopping = CancellationToken::new();
        let state = || state.clone();
        let token = || stopping.clone();
        let handles = vec![
            actix_web::rt::spawn(flush_usage::run(state(), token())),
            actix_web::rt::spawn(poll_change_log::run(state(), token())),
            actix_web::rt::spawn(deliver_mail::run(state(), transport, token())),
            every(SEND_CAMPAIGNS_INTERVAL, state(), token(), send_campaigns),
            every(FLUSH_REFUSALS_INTERVAL, state(), token(), flush_refusals),
            every(CLEANUP_INTERVAL, state(), token(), cleanup),
            every(PRUNE_INTERVAL, state(), token(), prune),
        ];
        Self { stopping, handles }
    }

    /// Signals shutdown: each job finishes its current run.
    pub fn stop(&self) {
        self.stopping.cancel();
    }

    /// Waits for the jobs and flushes the counters one last time.
    pub async fn finish(self, state: &AppState) {
        self.stop();
        for handle in self.handles {
            if let Err(error) = handle.await {
                tracing::error!(%error, "a background job has failed");
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

/// Runs `job` periodically until the server stops.
fn every(
    period: Duration,
    state: State,
    stopping: CancellationToken,
    job: impl AsyncFn(&State) + 'static,
) -> JoinHandle<()> {
    actix_web::rt::spawn(async move {
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stopping.run_until_cancelled(ticks.tick()).await.is_some() {
            job(&state).await;
        }
    })
}

async fn send_campaigns(state: &State) {
    send_campaigns::advance(state.clone()).await;
}

async fn flush_refusals(state: &State) {
    if let Err(error) = refusals::flush(state).await {
        tracing::warn!(%error, "could not write refusals to the audit log; trying again");
    }
}

async fn prune(state: &State) {
    if let Err(error) = prune_usage::prune(state).await {
        tracing::warn!(%error, "could not prune usage; trying again");
    }
    if let Err(error) = prune_data::prune(state).await {
        tracing::warn!(%error, "could not prune expired data; trying again");
    }
}

/// Reports and removes short-lived data.
async fn cleanup(state: &State) {
    state
        .violations
        .prune_before(state.clock.now_ms() / 3_600_000);
    state.violations.report_repeats();
    refusals::report_repeats(state);
    let now = state.clock.now();
    let prune = move |conn: &mut DbConnection| {
        Change::prune(conn)?;
        ApiKey::prune_sealed(conn, now)
    };
    if let Err(error) = state.db.write(prune).await {
        tracing::warn!(%error, "could not prune the change log; trying again");
    }
    let now = state.clock.now_naive();
    let prune = move |conn: &mut _| idempotency::prune(conn, now);
    if let Err(error) = state.db.write(prune).await {
        tracing::warn!(%error, "could not prune idempotency keys; trying again");
    }
}
