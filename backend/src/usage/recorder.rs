//! The counters on the request path, and the task that writes them.
//!
//! A request touches one map under a lock that its own thread nearly always
//! finds free. Nothing is ever dropped: what cannot be written stays and is
//! tried again a second later. A hard kill loses at most the last second.

use crate::{error::ApiError, keys::cache::KeyRecord, models::usage, usage::histogram::Histogram};
use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use shared::{
    ids::{KeyId, TenantId},
    operation::OPERATIONS,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// How many maps the counters are spread over. More than workers is enough.
const SHARDS: usize = 16;

/// Counts under this route if no operation of the table was reached.
pub const UNMATCHED_ROUTE: &str = "(unmatched)";

/// One answered request.
pub struct Answered<'a> {
    /// The key it counts for.
    pub key: &'a Arc<KeyRecord>,
    /// Position in the route table; `None` if no route matched.
    pub operation: Option<usize>,
    /// HTTP status of the answer.
    pub status: u16,
    /// When it was answered.
    pub at: DateTime<Utc>,
    /// From arrival to the last byte, in microseconds.
    pub latency_us: u64,
}

/// What requests are counted by. The record's address stands for the key: the
/// series keeps the record alive, so no other can take its place.
#[derive(PartialEq, Eq, Hash)]
struct SeriesKey {
    record: usize,
    minute: i64,
    operation: u16,
    status: u16,
}

struct Series {
    key: Arc<KeyRecord>,
    requests: u32,
    latency_us_sum: u64,
    latency: Histogram,
    last_at: DateTime<Utc>,
}

/// Counts that are ready to be written: of one key, route and status in one minute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// The key.
    pub key_id: KeyId,
    /// What all keys have in common that replaced each other by rotation.
    pub lineage_id: String,
    /// `POST /v1/contacts`, or [`UNMATCHED_ROUTE`].
    pub route: String,
    /// HTTP status.
    pub status: u16,
    /// The minute, as its first moment.
    pub minute: DateTime<Utc>,
    /// How many requests.
    pub requests: u64,
    /// All their latencies together, in microseconds.
    pub latency_us_sum: u64,
    /// Their latencies.
    pub latency: Histogram,
    /// When the last of them was answered.
    pub last_at: DateTime<Utc>,
}

/// Counts by tenant.
pub type Batch = BTreeMap<TenantId, Vec<Counts>>;

/// The counters of this process.
pub struct Recorder {
    shards: [Mutex<FxHashMap<SeriesKey, Series>>; SHARDS],
    /// Taken out of the shards and not written yet.
    unwritten: tokio::sync::Mutex<Batch>,
}

static NEXT_SHARD: AtomicUsize = AtomicUsize::new(0);
thread_local! {
    /// Each thread has a shard of its own as long as there are enough.
    static SHARD: usize = NEXT_SHARD.fetch_add(1, Ordering::Relaxed) % SHARDS;
}

impl Default for Recorder {
    fn default() -> Self {
        Self {
            shards: std::array::from_fn(|_| Mutex::default()),
            unwritten: Batch::new().into(),
        }
    }
}

impl Recorder {
    /// Counts a request.
    pub fn record(&self, answered: &Answered<'_>) {
        let operation = answered
            .operation
            .and_then(|index| u16::try_from(index).ok());
        let series = SeriesKey {
            record: Arc::as_ptr(answered.key).addr(),
            minute: answered.at.timestamp().div_euclid(60),
            operation: operation.unwrap_or(u16::MAX),
            status: answered.status,
        };
        let mut shard = self.shards[SHARD.with(|shard| *shard)].lock();
        let series = shard.entry(series).or_insert_with(|| Series {
            key: answered.key.clone(),
            requests: 0,
            latency_us_sum: 0,
            latency: Histogram::default(),
            last_at: answered.at,
        });
        series.requests += 1;
        series.latency_us_sum += answered.latency_us;
        series.latency.record(answered.latency_us);
        series.last_at = answered.at;
    }

    /// Writes everything counted so far, in one transaction. Returns whose counts
    /// rose. On failure everything is kept for the next call.
    pub async fn flush(
        &self,
        db: &crate::db::Database,
    ) -> Result<BTreeMap<TenantId, BTreeSet<KeyId>>, ApiError> {
        let mut unwritten = self.unwritten.lock().await;
        self.collect(&mut unwritten);
        if unwritten.is_empty() {
            return Ok(BTreeMap::new());
        }
        let batch = unwritten.clone();
        db.write_usage(move |conn| usage::add(conn, &batch)).await?;
        let written = std::mem::take(&mut *unwritten);
        Ok(written
            .into_iter()
            .map(|(tenant, counts)| {
                (
                    tenant,
                    counts.into_iter().map(|counts| counts.key_id).collect(),
                )
            })
            .collect())
    }

    fn collect(&self, batch: &mut Batch) {
        for shard in &self.shards {
            let counted = std::mem::take(&mut *shard.lock());
            for (series, counts) in counted {
                batch
                    .entry(counts.key.tenant_id.clone())
                    .or_default()
                    .push(Counts {
                        key_id: counts.key.id.clone(),
                        lineage_id: counts.key.lineage_id.clone(),
                        route: OPERATIONS.get(usize::from(series.operation)).map_or_else(
                            || UNMATCHED_ROUTE.to_owned(),
                            |operation| format!("{} {}", operation.method, operation.path),
                        ),
                        status: series.status,
                        minute: DateTime::from_timestamp(series.minute * 60, 0).unwrap_or_default(),
                        requests: counts.requests.into(),
                        latency_us_sum: counts.latency_us_sum,
                        latency: counts.latency,
                        last_at: counts.last_at,
                    });
            }
        }
    }
}
