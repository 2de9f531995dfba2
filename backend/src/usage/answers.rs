//! Answers about usage that were given a short time ago, to give them again: several
//! people and tabs look at the same numbers. Bounded by bytes and by age.

use crate::error::ApiError;
use actix_web::web::Bytes;
use parking_lot::Mutex;
use shared::ids::TenantId;
use std::{collections::HashMap, hash::Hash, time::Duration};
use tokio::sync::{Semaphore, SemaphorePermit};

/// For how long an answer is given again.
pub const FRESH: Duration = Duration::from_mins(1);
/// How much memory the answers may take together, in bytes.
const BYTES_MAX: usize = 8 * 1024 * 1024;

/// How many answers are made at once. More would take every connection to the
/// database, which requests with new keys need too.
const AT_ONCE: usize = 2;

/// The answers to questions of type `Q`, each tenant's apart.
pub struct Answers<Q> {
    kept: Mutex<HashMap<(TenantId, Q), Answer>>,
    turns: Semaphore,
}

/// An answer's body.
#[derive(Clone)]
pub struct Answer {
    /// JSON.
    pub body: Bytes,
    /// When it was made, on the monotonic clock.
    pub made: Duration,
}

impl<Q> Default for Answers<Q> {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            turns: Semaphore::new(AT_ONCE),
        }
    }
}

impl<Q: Eq + Hash + Clone> Answers<Q> {
    /// The answer, if it was given in the last minute.
    pub fn get(&self, tenant: &TenantId, question: &Q, now: Duration) -> Option<Answer> {
        let kept = self.kept.lock();
        let answer = kept.get(&(tenant.clone(), question.clone()))?;
        is_fresh(answer, now).then(|| answer.clone())
    }

    /// Waits for the turn to make an answer, which ends when this is dropped. Somebody
    /// else may have made it meanwhile.
    pub async fn turn(&self) -> Result<SemaphorePermit<'_>, ApiError> {
        self.turns.acquire().await.map_err(ApiError::internal)
    }

    /// Keeps an answer. The oldest ones go if there is no room.
    pub fn put(&self, tenant: TenantId, question: Q, answer: Answer) {
        let mut kept = self.kept.lock();
        let now = answer.made;
        kept.retain(|_, answer| is_fresh(answer, now));
        kept.insert((tenant, question), answer);
        let mut bytes: usize = kept.values().map(|answer| answer.body.len()).sum();
        while bytes > BYTES_MAX {
            let oldest = kept.iter().min_by_key(|(_, answer)| answer.made);
            let Some((key, _)) = oldest.map(|(key, answer)| (key.clone(), answer.made)) else {
                return;
            };
            bytes -= kept.remove(&key).map_or(0, |answer| answer.body.len());
        }
    }
}

fn is_fresh(answer: &Answer, now: Duration) -> bool {
    now.saturating_sub(answer.made) < FRESH
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(megabytes: usize, made: u64) -> Answer {
        Answer {
            body: vec![b' '; megabytes * 1024 * 1024].into(),
            made: Duration::from_secs(made),
        }
    }

    #[test]
    fn an_answer_lasts_a_minute_and_the_oldest_makes_room() {
        let answers = Answers::default();
        let ours = TenantId::new("ten_a");
        let known = |tenant: &str, question: u8, now| {
            let tenant = TenantId::new(tenant);
            answers
                .get(&tenant, &question, Duration::from_secs(now))
                .is_some()
        };
        answers.put(ours.clone(), 1, answer(3, 100));
        answers.put(ours.clone(), 2, answer(3, 110));
        assert!(known("ten_a", 1, 159) && !known("ten_a", 1, 160));
        assert!(!known("ten_b", 1, 120), "another tenant's");
        answers.put(ours, 3, answer(3, 120));
        assert_eq!(
            [1, 2, 3].map(|question| known("ten_a", question, 120)),
            [false, true, true]
        );
    }
}
