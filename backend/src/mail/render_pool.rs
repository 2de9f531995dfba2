//! Threads for customers' templates: parsing, filling and dropping them happens here,
//! never on a worker of the HTTP server and never with a database connection in hand.

use crate::{clock::Clock, error::ApiError};
use parking_lot::Mutex;
use shared::error::ErrorCode;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
};
use tokio::sync::oneshot;

/// Templates worked on at once.
const THREADS: usize = 2;
/// Templates that may wait; one more is refused with `overloaded`.
const QUEUE_SIZE: usize = 16;
/// The parser, which needs the most, takes less than 16 KiB for each of its 24 levels.
const STACK_BYTES: usize = 4 * 1024 * 1024;

type Job = Box<dyn FnOnce(&Clock) + Send>;

/// The threads and their queue. They end when this is dropped.
pub struct RenderPool {
    jobs: SyncSender<Job>,
}

impl RenderPool {
    /// Starts the threads.
    pub fn start(clock: &Clock) -> anyhow::Result<Self> {
        let (jobs, queue) = sync_channel(QUEUE_SIZE);
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..THREADS {
            let (queue, clock) = (queue.clone(), clock.clone());
            thread::Builder::new()
                .name(format!("templates-{number}"))
                .stack_size(STACK_BYTES)
                .spawn(move || work(&queue, &clock))?;
        }
        Ok(Self { jobs })
    }

    /// Runs `job` on one of the threads. It may use one [`TIME_LIMIT`] or a few.
    ///
    /// [`TIME_LIMIT`]: crate::mail::template::TIME_LIMIT
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Clock) -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let (sender, result) = oneshot::channel();
        let job = Box::new(move |clock: &Clock| {
            // A request that was given up needs no answer.
            if !sender.is_closed() {
                let _ = sender.send(job(clock));
            }
        });
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => ApiError::new(ErrorCode::Overloaded).retry_after(1),
            TrySendError::Disconnected(_) => ApiError::internal("the template threads have ended"),
        })?;
        result
            .await
            .map_err(|_| ApiError::internal("a template made its thread panic"))
    }
}

fn work(queue: &Mutex<Receiver<Job>>, clock: &Clock) {
    loop {
        // One thread waits at the queue, the other one for the lock.
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
    use std::sync::mpsc::channel;

    #[test]
    fn a_full_queue_refuses_and_a_panic_does_not_end_a_thread() {
        let pool = RenderPool::start(&Clock::system()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            for _ in 0..3 {
                let panicked = pool
                    .run(|_| assert!(pool_is_alive(), "as an example"))
                    .await;
                assert_eq!(panicked.unwrap_err().code(), ErrorCode::InternalError);
            }
            assert_eq!(pool.run(|_| 1).await.unwrap(), 1);
        });

        let (release, released) = channel::<()>();
        let released = Arc::new(Mutex::new(released));
        let (started, has_started) = channel();
        let blocked = || {
            let (released, started) = (released.clone(), started.clone());
            let job: Job = Box::new(move |_| {
                let _ = started.send(());
                let _ = released.lock().recv();
            });
            pool.jobs.try_send(job).is_ok()
        };
        for _ in 0..THREADS {
            assert!(blocked());
            has_started.recv().unwrap();
        }
        for _ in 0..QUEUE_SIZE {
            assert!(blocked());
        }
        let refused = runtime.block_on(pool.run(|_| ())).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::Overloaded);
        drop(release);
    }

    fn pool_is_alive() -> bool {
        false
    }
}
