//! The counters on the request path, and the task that writes them.
//!
//! A request touches one map under a lock that its own thread nearly always
//! finds free. Nothing is ever dropped: what cannot be written stays and is
//! tried again a second later. A hard kill loses at most the last second.

use crate::{
    keys::cache::KeyRecord,
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

/// How many maps the counters are spread over. More than workers is enough.
const SHARDS: usize = 16;

/// How a request came by its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// It had the key itself.
    Api,
    /// It had a token that stands in for the key: somebody tries something out.
    Playground,
}

impl Source {
    /// The source as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Playground => "playground",
        }
    }
}

/// One answered request.
pub struct Answered<'a> {
    /// The key it counts for.
    pub key: &'a Arc<KeyRecord>,
    /// How it came by the key.
    pub source: Source,
    /// Where it came from.
    pub client: IpAddr,
    /// The route that it is counted under.
    pub route: Route,
    /// HTTP status of the answer.
    pub status: u16,
    /// When it was answered, in milliseconds since the epoch.
    pub at_ms: i64,
    /// From arrival to the last byte, in microseconds.
    pub latency_us: u64,
    /// Whether it is kept by itself, too.
    pub logged: bool,
    /// Why the key was not let in, if it was not.
    pub refusal: Option<ErrorCode>,
}

/// What requests are counted by. The record's address stands for the key: the
/// series keeps the record alive, so no other can take its place.
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

/// When and from where a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LastRequest {
    /// When it was answered, in milliseconds since the epoch.
    pub at_ms: i64,
    /// Where it came from.
    pub client: IpAddr,
}

impl LastRequest {
    /// When it was answered.
    pub fn at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.at_ms).unwrap_or_default()
    }
}

/// Counts that are ready to be written: of one key, route and status in one minute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// Whose.
    pub tenant_id: TenantId,
    /// The key.
    pub key_id: KeyId,
    /// What all keys have in common that replaced each other by rotation.
    pub lineage_id: String,
    /// The key's environment.
    pub environment: Environment,
    /// [`Route::name`].
    pub route: String,
    /// HTTP status.
    pub status: u16,
    /// The minute, as its first moment.
    pub minute: DateTime<Utc>,
    /// How many requests.
    pub requests: u64,
    /// How many of them are not in the request log.
    pub not_logged: u64,
    /// All their latencies together, in microseconds.
    pub latency_us_sum: u64,
    /// Their latencies.
    pub latency: Histogram,
    /// How they came by the key.
    pub source: Source,
    /// The last of them that was let in.
    pub last_use: Option<LastRequest>,
    /// The last of them that was not, and why.
    pub last_refusal: Option<(LastRequest, ErrorCode)>,
}

/// What was added to one tenant's counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Risen {
    /// The keys whose counts rose.
    pub keys: BTreeSet<KeyId>,
    /// By how many requests.
    pub requests: u64,
    /// How many of those failed.
    pub errors: u64,
    /// How many of them are not in the request log.
    pub not_logged: u64,
}

impl Risen {
    pub(super) fn note(&mut self, counts: Counts) {
        self.requests += counts.requests;
        self.not_logged += counts.not_logged;
        if counts.status >= 400 {
            self.errors += counts.requests;
        }
        self.keys.insert(counts.key_id);
    }
}

/// The counters of this process.
pub struct Recorder {
    shards: [Mutex<FxHashMap<SeriesKey, Series>>; SHARDS],
    /// Taken out of the shards and not written yet.
    pub(super) unwritten: tokio::sync::Mutex<Vec<Counts>>,
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
            unwritten: Vec::new().into(),
        }
    }
}

impl Recorder {
    /// Counts a request.
    pub fn record(&self, answered: &Answered<'_>) {
        let series = SeriesKey {
            record: Arc::as_ptr(answered.key).addr(),
            minute: answered.at_ms.div_euclid(60_000),
            route: answered.route,
            status: answered.status,
            source: answered.source,
        };
        let mut shard = self.shards[SHARD.with(|shard| *shard)].lock();
        let series = shard.entry(series).or_insert_with(|| Series {
            key: answered.key.clone(),
            last_use: None,
            last_refusal: None,
            requests: 0,
            not_logged: 0,
            latency_us_sum: 0,
            latency: Histogram::default(),
        });
        series.requests += 1;
        series.not_logged += u32::from(!answered.logged);
        series.latency_us_sum += answered.latency_us;
        series.latency.record(answered.latency_us);
        let request = LastRequest {
            at_ms: answered.at_ms,
            client: answered.client,
        };
        match answered.refusal {
            None => series.last_use = Some(request),
            Some(code) => series.last_refusal = Some((request, code)),
        }
    }

    /// Moves everything counted so far to `counted`, in the order of the rows.
    pub(super) fn collect(&self, counted: &mut Vec<Counts>) {
        for shard in &self.shards {
            // As much will be counted until the next time.
            let capacity = shard.lock().len();
            let empty = FxHashMap::with_capacity_and_hasher(capacity, FxBuildHasher);
            let taken = std::mem::replace(&mut *shard.lock(), empty);
            counted.extend(
                taken
                    .into_iter()
                    .map(|(series, counts)| counts.ready(&series)),
            );
        }
        // What is written together then goes into the same rows as far as possible.
        counted.sort_unstable_by(|a, b| {
            let by = |counts: &Counts| (counts.minute, counts.status);
            let keys = (&a.tenant_id, &a.key_id).cmp(&(&b.tenant_id, &b.key_id));
            keys.then_with(|| by(a).cmp(&by(b)))
        });
    }
}

impl Series {
    fn ready(self, series: &SeriesKey) -> Counts {
        Counts {
            tenant_id: self.key.tenant_id.clone(),
            key_id: self.key.id.clone(),
            lineage_id: self.key.lineage_id.clone(),
            environment: self.key.environment,
            route: series.route.name(),
            status: series.status,
            minute: DateTime::from_timestamp(series.minute * 60, 0).unwrap_or_default(),
            requests: self.requests.into(),
            not_logged: self.not_logged.into(),
            latency_us_sum: self.latency_us_sum,
            latency: self.latency,
            last_use: self.last_use,
            last_refusal: self.last_refusal,
            source: series.source,
        }
    }
}
