//! What the rate limits decided, on its way from the buckets to the database.

use crate::{
    db::Database, error::ApiError, models::rate_limit_history, rate_limit::RateCount,
    tenants::Tenants,
};

/// How many counts are written in one transaction.
const AT_ONCE: usize = 1000;

/// What was taken from the buckets and is not written yet. As with the counters,
/// nothing is dropped.
#[derive(Default)]
pub struct RateHistory {
    unwritten: tokio::sync::Mutex<Vec<RateCount>>,
}

impl RateHistory {
    /// Writes everything decided so far. What could not be written is kept for the
    /// next call.
    pub async fn flush(&self, db: &Database, tenants: &Tenants) -> Result<(), ApiError> {
        let mut unwritten = self.unwritten.lock().await;
        unwritten.extend(tenants.take_minutes());
        while !unwritten.is_empty() {
            let first = unwritten.len().saturating_sub(AT_ONCE);
            let chunk = unwritten[first..].to_vec();
            db.write_usage(move |conn| rate_limit_history::add(conn, &chunk))
                .await?;
            unwritten.truncate(first);
        }
        Ok(())
    }
}
