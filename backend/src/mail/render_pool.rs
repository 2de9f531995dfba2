//! Thread pool for customers' templates. Templates are parsed, rendered and dropped on these
//! threads, never on an HTTP worker and never while holding a database connection.

use crate::{clock::Clock, error::ApiError};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use shared::{error::ErrorCode, ids::TenantId};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
};
use tokio::sync::{Semaphore, oneshot};

/// Number of templates processed concurrently.
const THREADS: usize = 2;
/// Capacity of the queue. When it is full, requests fail with `overloaded`.
const QUEUE_SIZE: usize = 16;
/// Share of the queue that one tenant can use.
const MAX_PER_TENANT: usize = 4;
/// Jobs of one tenant that can wait for that share; further ones are rejected.
const MAX_WAITING_PER_TENANT: usize = 32;
/// The parser needs the most stack: less than 16 KiB for each of its 24 levels.
const STACK_BYTES: usize = 4 * 1024 * 1024;

type Job = Box<dyn FnOnce(&Clock) + Send>;

/// The threads and their queue. They stop when this is dropped.
pub struct RenderPool {
    jobs: SyncSender<Job>,
    tenants: Mutex<FxHashMap<TenantId, Arc<Lane>>>,
}

/// One tenant's share of the queue.
struct Lane {
    turns: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// A place among the jobs waiting for the tenant's share, released when dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn enter(waiting: &'a AtomicUsize) -> Result<Self, ApiError> {
        if waiting.fetch_add(1, Ordering::SeqCst) >= MAX_WAITING_PER_TENANT {
            waiting.fetch_sub(1, Ordering::SeqCst);
            return Err(overloaded());
        }
        Ok(Self(waiting))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl RenderPool {
    pub fn start(clock: &Clock) -> anyhow::Result<Self> {
        let (jobs, queue) = sync_channel(QUEUE_SIZE);
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..THREADS {
            let queue = queue.clone();
            let clock = clock.clone();
            thread::Builder::new()
                .name(format!("templates-{number}"))
                .stack_size(STACK_BYTES)
                .spawn(move || work(&queue, &clock))?;
        }
        Ok(Self {
            jobs,
            tenants: Mutex::default(),
        })
    }

    /// Runs `job` on one of the threads when it is the tenant's turn. A job may take a small
    /// multiple of [`TIME_LIMIT`].
    ///
    /// [`TIME_LIMIT`]: crate::mail::template::TIME_LIMIT
    pub async fn run<T: Send + 'static>(
        &self,
        tenant: &TenantId,
        job: impl FnOnce(&Clock) -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let lane = self.lane(tenant);
        let waiting = Waiting::enter(&lane.waiting)?;
        let turn = lane.turns.clone().acquire_owned().await;
        let turn = turn.map_err(ApiError::internal)?;
        drop(waiting);
        let (sender, result) = oneshot::channel();
        let job = Box::new(move |clock: &Clock| {
            // The caller has gone; skip the work.
            if !sender.is_closed() {
                let _ = sender.send(job(clock));
            }
            drop(turn);
        });
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => overloaded(),
            TrySendError::Disconnected(_) => ApiError::internal("the template threads have ended"),
        })?;
        result
            .await
            .map_err(|_| ApiError::internal("a template made its thread panic"))
    }

    /// Returns the tenant's lane. Drops the lanes of tenants without jobs.
    fn lane(&self, tenant: &TenantId) -> Arc<Lane> {
        let mut tenants = self.tenants.lock();
        if let Some(lane) = tenants.get(tenant) {
            return lane.clone();
        }
        tenants.retain(|_, lane| {
            Arc::strong_count(lane) > 1 || lane.turns.available_permits() < MAX_PER_TENANT
        });
        let lane = Arc::new(Lane {
            turns: Arc::new(Semaphore::new(MAX_PER_TENANT)),
            waiting: AtomicUsize::new(0),
        });
        tenants.insert(tenant.clone(), lane.clone());
        lane
    }
}

fn overloaded() -> ApiError {
    ApiError::new(ErrorCode::Overloaded).retry_after(1)
}

fn work(queue: &Mutex<Receiver<Job>>, clock: &Clock) {
    loop {
        // One thread waits on the queue, the other one for the lock.
        let job = queue.lock().recv();
        let Ok(job) = job else { return };
        if catch_unwind(AssertUnwindSafe(|| job(clock))).is_err() {
            tracing::error!("a template made its thread panic");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};
    use std::sync::mpsc::channel;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
    }

    #[test]
    fn a_panic_does_not_end_a_thread() {
        let pool = RenderPool::start(&Clock::system()).unwrap();
        let tenant = TenantId::new("ten_a");
        runtime().block_on(async {
            for _ in 0..2 * MAX_PER_TENANT {
                let panicked: Result<(), _> = pool.run(&tenant, |_| panic!("as an example")).await;
                assert_eq!(panicked.unwrap_err().code(), ErrorCode::InternalError);
            }
            assert_eq!(pool.run(&tenant, |_| 1).await.unwrap(), 1);
        });
    }

    #[test]
    fn a_tenant_waits_behind_its_own_templates_and_a_full_queue_refuses() {
        let pool = RenderPool::start(&Clock::system()).unwrap();
        let tenant = |number: usize| TenantId::new(format!("ten_{number}"));
        let (release, released) = channel::<()>();
        let released = Arc::new(Mutex::new(released));
        let (started, has_started) = channel();
        let blocked = |number: usize| {
            let (released, started) = (released.clone(), started.clone());
            let (pool, tenant) = (&pool, tenant(number));
            async move {
                let job = move |_: &Clock| {
                    let _ = started.send(());
                    let _ = released.lock().recv();
                };
                pool.run(&tenant, job).await
            }
        };
        runtime().block_on(async {
            let mut jobs = FuturesUnordered::new();
            for _ in 0..MAX_PER_TENANT + MAX_WAITING_PER_TENANT {
                jobs.push(blocked(0));
            }
            // All of them have taken their places; none has finished.
            assert!(jobs.next().now_or_never().is_none());
            for _ in 0..THREADS {
                has_started.recv().unwrap();
            }
            let one_more = blocked(0).now_or_never().expect("is refused at once");
            assert_eq!(one_more.unwrap_err().code(), ErrorCode::Overloaded);
            // Other tenants can use the queue until it is full.
            for number in 0..QUEUE_SIZE - (MAX_PER_TENANT - THREADS) {
                jobs.push(blocked(1 + number));
            }
            assert!(jobs.next().now_or_never().is_none());
            let refused = blocked(99).now_or_never().expect("is refused at once");
            assert_eq!(refused.unwrap_err().code(), ErrorCode::Overloaded);
            drop(release);
            let mut done = 0;
            while let Some(ended) = jobs.next().await {
                // A job that has waited for its turn may find the queue full.
                match ended {
                    Ok(()) => done += 1,
                    Err(error) => assert_eq!(error.code(), ErrorCode::Overloaded),
                }
            }
            assert!(done >= THREADS + QUEUE_SIZE, "{done}");
        });
    }
}
