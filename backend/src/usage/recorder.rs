//! Request counters on the request path. They are sharded, so that workers rarely wait for a lock,
//! and flushed each second by `jobs::flush_usage`. A killed process loses at most the last second.

use crate::{
    keys::cache::KeyRecord,
    rate_limit::RateCount,
    usage::{histogram::Histogram, route::Route},
};
use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use rustc_hash::{FxBuildHasher, FxHashMap};
use shared::{
    error::ErrorCode,
    ids::{KeyId, TenantId},
    key::Environment,
};
use std::{
    collections::BTreeSet,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Number of shards; should exceed the number of workers.
const SHARDS: usize = 16;

/// The credential of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// The API key itself.
    Api,
    /// A playground token of the key.
    Playground,
}

impl Source {
    /// Returns the name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Playground => "playground",
        }
    }
}

/// A request whose response has been sent.
pub struct CompletedRequest<'a> {
    /// Key that the request is attributed to.
    pub key: &'a Arc<KeyRecord>,
    pub source: Source,
    pub client: IpAddr,
    pub route: Route,
    pub status: u16,
    /// Time of the response, in milliseconds since the Unix epoch.
    pub at_ms: i64,
    /// Time from arrival to the last byte of the response, in microseconds.
    pub latency_us: u64,
    /// `true` if the request is also in the request log.
    pub logged: bool,
    /// Error for which the key was rejected; `None` if it was accepted.
    pub refusal: Option<ErrorCode>,
}

/// The dimensions that requests are counted by. `record` is the address of the key's record, which
/// identifies it: the series keeps the record alive, so the address is not reused.
#[derive(PartialEq, Eq, Hash)]
struct SeriesKey {
    record: usize,
    minute: i64,
    route: Route,
    status: u16,
    source: Source,
}

struct Series {
    key: Arc<KeyRecord>,
    last_use: Option<LastRequest>,
    last_refusal: Option<(LastRequest, ErrorCode)>,
    requests: u32,
    not_logged: u32,
    latency_us_sum: u64,
    latency: Histogram,
}

/// Time and client of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LastRequest {
    /// Time of the response, in milliseconds since the Unix epoch.
    pub at_ms: i64,
    pub client: IpAddr,
}

impl LastRequest {
    /// Returns the time of the response.
    pub fn at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.at_ms).unwrap_or_default()
    }
}

/// The requests of one key, route, status and source in one minute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinuteRollup {
    pub tenant_id: TenantId,
    pub key_id: KeyId,
    /// Identifies all keys that replaced each other by rotation.
    pub lineage_id: String,
    pub environment: Environment,
    /// [`Route::name`].
    pub route: String,
    pub status: u16,
    /// Start of the minute.
    pub minute: DateTime<Utc>,
    pub requests: u64,
    /// Part of `requests` that is not in the request log.
    pub not_logged: u64,
    /// Sum of the latencies, in microseconds.
    pub latency_us_sum: u64,
    pub latency: Histogram,
    pub source: Source,
    /// The last request whose key was accepted.
    pub last_use: Option<LastRequest>,
    /// The last request whose key was rejected, with the error.
    pub last_refusal: Option<(LastRequest, ErrorCode)>,
}

/// Change of a tenant's counts by one flush.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageDelta {
    /// Keys whose counts have changed.
    pub keys: BTreeSet<KeyId>,
    pub requests: u64,
    /// Part of `requests` that failed.
    pub errors: u64,
    /// Part of `requests` that is not in the request log.
    pub not_logged: u64,
}

impl UsageDelta {
    pub fn add(&mut self, rollup: MinuteRollup) {
        self.requests += rollup.requests;
        self.not_logged += rollup.not_logged;
        if rollup.status >= 400 {
            self.errors += rollup.requests;
        }
        self.keys.insert(rollup.key_id);
    }
}

/// Counts that were collected but not written yet.
#[derive(Default)]
pub struct Unflushed {
    pub rollups: Vec<MinuteRollup>,
    /// Decisions of the rate limits.
    pub rate_counts: Vec<RateCount>,
}

/// The counters of this process.
pub struct Recorder {
    shards: [Mutex<FxHashMap<SeriesKey, Series>>; SHARDS],
}

static NEXT_SHARD: AtomicUsize = AtomicUsize::new(0);
thread_local! {
    /// Distinct for each thread as long as there are enough shards.
    static SHARD: usize = NEXT_SHARD.fetch_add(1, Ordering::Relaxed) % SHARDS;
}

impl Default for Recorder {
    fn default() -> Self {
        Self {
            shards: std::array::from_fn(|_| Mutex::default()),
        }
    }
}

impl Recorder {
    /// Counts a request.
    pub fn record(&self, request: &CompletedRequest<'_>) {
        let series = SeriesKey {
            record: Arc::as_ptr(request.key).addr(),
            minute: request.at_ms.div_euclid(60_000),
            route: request.route,
            status: request.status,
            source: request.source,
        };
        let mut shard = self.shards[SHARD.with(|shard| *shard)].lock();
        let series = shard.entry(series).or_insert_with(|| Series {
            key: request.key.clone(),
            last_use: None,
            last_refusal: None,
            requests: 0,
            not_logged: 0,
            latency_us_sum: 0,
            latency: Histogram::default(),
        });
        series.requests += 1;
        series.not_logged += u32::from(!request.logged);
        series.latency_us_sum += request.latency_us;
        series.latency.record(request.latency_us);
        let last = LastRequest {
            at_ms: request.at_ms,
            client: request.client,
        };
        match request.refusal {
            None => series.last_use = Some(last),
            Some(code) => series.last_refusal = Some((last, code)),
        }
    }

    /// Moves all counts to `rollups`, in the order of the database rows.
    pub fn collect(&self, rollups: &mut Vec<MinuteRollup>) {
        for shard in &self.shards {
            // The next second usually has as many series.
            let capacity = shard.lock().len();
            let empty = FxHashMap::with_capacity_and_hasher(capacity, FxBuildHasher);
            let taken = std::mem::replace(&mut *shard.lock(), empty);
            let ready = |(key, series): (SeriesKey, Series)| series.into_rollup(&key);
            rollups.extend(taken.into_iter().map(ready));
        }
        // Rollups in the same batch then share as many rows as possible.
        rollups.sort_unstable_by(|a, b| {
            let by_key = (&a.tenant_id, &a.key_id).cmp(&(&b.tenant_id, &b.key_id));
            by_key.then_with(|| (a.minute, a.status).cmp(&(b.minute, b.status)))
        });
    }
}

impl Series {
    fn into_rollup(self, key: &SeriesKey) -> MinuteRollup {
        MinuteRollup {
            tenant_id: self.key.tenant_id.clone(),
            key_id: self.key.id.clone(),
            lineage_id: self.key.lineage_id.clone(),
            environment: self.key.environment,
            route: key.route.name(),
            status: key.status,
            minute: DateTime::from_timestamp(key.minute * 60, 0).unwrap_or_default(),
            requests: self.requests.into(),
            not_logged: self.not_logged.into(),
            latency_us_sum: self.latency_us_sum,
            latency: self.latency,
            last_use: self.last_use,
            last_refusal: self.last_refusal,
            source: key.source,
        }
    }
}
