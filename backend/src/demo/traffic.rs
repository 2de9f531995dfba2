//! Generated requests. The real limiter decides which are refused, and they are counted and logged
//! like real ones.

use super::{DAYS, PROGRAMS, Program, Rush};
use crate::{
    clock::{Clock, Moment},
    db::Database,
    error::ApiError,
    jobs::flush_usage::{write_rate_counts, write_rollups},
    keys::cache::KeyRecord,
    middleware::request_id::RequestIds,
    models::{api_key::ApiKey, usage::request_log},
    tenants::Tenants,
    usage::{
        recorder::{CompletedRequest, Recorder, Source},
        request_log::{Draft, Failure, LoggedRequest, is_refusal},
        route::Route,
    },
};
use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use fastrand::Rng;
use shared::{
    error::{ErrorCode, FieldError},
    ids::KeyId,
    operation::{ListCampaigns, ListContacts, OPERATIONS, Row, SendEmail, UpsertContact, Whoami},
    scope::ScopeSet,
};
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::Duration,
};

/// Seed of the random numbers: every demonstration has the same traffic.
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
/// Client IP address of the requests (RFC 5737).
const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 24));
/// Age up to which successful requests are in the request log.
const LOGGED: TimeDelta = TimeDelta::days(2);
/// Log entries that one transaction inserts.
const BATCH_SIZE: usize = 500;

/// Index in the route table and minimum latency in microseconds.
type Call = (usize, u32);

const WHOAMI: Call = (Whoami::INDEX, 400);
const SEND: Call = (SendEmail::INDEX, 14_000);
const UPSERT: Call = (UpsertContact::INDEX, 9_000);
const CAMPAIGNS: Call = (ListCampaigns::INDEX, 2_000);
const LIST: Call = (ListContacts::INDEX, 3_000);

/// Distribution of the calls that programs make.
const CALLS: [Call; 20] = [
    WHOAMI, CAMPAIGNS, UPSERT, UPSERT, UPSERT, UPSERT, UPSERT, SEND, SEND, LIST, LIST, LIST, LIST,
    LIST, LIST, LIST, LIST, LIST, LIST, LIST,
];

/// Generates requests with the keys of [`PROGRAMS`] until `now`.
pub(super) async fn make(db: &Database, ids: Vec<KeyId>, now: DateTime<Utc>) -> anyhow::Result<()> {
    let tenants = Arc::new(Tenants::new(Clock::stepped(now)));
    let limits = tenants.clone();
    let keys: Vec<Arc<KeyRecord>> = db
        .read(move |conn| {
            let record = |id| {
                let record = ApiKey::record(conn, id, |tenant| limits.refresh(tenant))?;
                let record = record.ok_or_else(|| ApiError::internal("a demo key is gone"))?;
                Ok(Arc::new(record))
            };
            ids.iter().map(record).collect::<Result<_, ApiError>>()
        })
        .await?;
    let mut traffic = Traffic {
        now,
        rng: Rng::with_seed(SEED),
        recorder: Recorder::default(),
        request_ids: RequestIds::new()?,
        log: Vec::new(),
    };
    let mut minute = now - TimeDelta::days(DAYS);
    while minute < now - TimeDelta::minutes(1) {
        traffic.make_minute(&keys, minute);
        minute += TimeDelta::minutes(1);
    }
    let mut rollups = Vec::new();
    traffic.recorder.collect(&mut rollups);
    write_rollups(&mut rollups, db).await?;
    write_rate_counts(&mut tenants.take_minutes(), db).await?;
    for chunk in traffic.log.chunks(BATCH_SIZE) {
        let chunk = chunk.to_vec();
        db.write_usage(move |conn| request_log::insert(conn, &chunk))
            .await?;
    }
    Ok(())
}

struct Traffic {
    now: DateTime<Utc>,
    rng: Rng,
    recorder: Recorder,
    request_ids: RequestIds,
    log: Vec<LoggedRequest>,
}

impl Traffic {
    /// Generates the requests of all programs in a minute, ordered by time.
    fn make_minute(&mut self, keys: &[Arc<KeyRecord>], minute: DateTime<Utc>) {
        let mut asked = Vec::new();
        for (program, key) in PROGRAMS.iter().zip(keys) {
            for _ in 0..program.requests_in(minute, self.now, &mut self.rng) {
                let call = self.choose_call(program, key);
                asked.push((self.rng.u32(..60_000), call, key));
            }
            for _ in 0..program.rush_in(minute, self.now, &mut self.rng) {
                let call = match program.rush {
                    Some(Rush::Mailing) => SEND,
                    _ => UPSERT,
                };
                asked.push((self.rng.u32(..60_000), call, key));
            }
        }
        asked.sort_by_key(|(millis, ..)| *millis);
        for (millis, call, key) in asked {
            let at = minute + TimeDelta::milliseconds(millis.into());
            self.make_request(key, call, at);
        }
    }

    /// Picks a call that the program is allowed to make, and occasionally another one.
    fn choose_call(&mut self, program: &Program, key: &KeyRecord) -> Call {
        let call = CALLS[self.rng.u32(..20) as usize];
        let lacking = !missing(key, call.0).is_empty();
        if lacking && self.rng.u32(..100) >= program.bold_percent {
            LIST
        } else {
            call
        }
    }

    fn make_request(
        &mut self,
        key: &Arc<KeyRecord>,
        (operation, base_us): Call,
        at: DateTime<Utc>,
    ) {
        let error = self.error(key, operation, at);
        let status = match &error {
            Some(error) => error.code().status(),
            None if operation == UpsertContact::INDEX && self.rng.u32(..3) == 0 => 201,
            None => 200,
        };
        // Usually close to the base latency, occasionally ten times as long; refusals are fast.
        let tail = if self.rng.u32(..25) == 0 { 10 } else { 1 };
        let latency_us = match status {
            403 | 429 => u64::from(150 + self.rng.u32(..200)),
            _ => u64::from((base_us + self.rng.u32(..base_us)) * tail),
        };
        let request = CompletedRequest {
            key,
            source: Source::Api,
            client: CLIENT,
            route: Route::Operation(operation),
            status,
            at_ms: at.timestamp_millis(),
            latency_us,
            logged: true,
            refusal: error
                .as_ref()
                .map(ApiError::code)
                .filter(|code| is_refusal(*code)),
        };
        self.recorder.record(&request);
        if error.is_some() || at > self.now - LOGGED {
            let failure = error.map(|error| Failure::new(&error, true));
            let draft = Draft {
                request_id: self.request_ids.next(),
                failure,
                unknown: None,
            };
            self.log.push(draft.finish(&request));
        }
    }

    /// Returns the error of a request, if it fails.
    fn error(&mut self, key: &KeyRecord, operation: usize, at: DateTime<Utc>) -> Option<ApiError> {
        let lacking = missing(key, operation);
        if !lacking.is_empty() {
            return Some(ApiError::new(ErrorCode::InsufficientScope).required_scope(lacking));
        }
        let moment = Moment {
            utc_ms: at.timestamp_millis(),
            monotonic: Duration::from_millis(at.timestamp_millis().unsigned_abs()),
        };
        let (outcome, _) = key.limits.charge(key.environment, operation, moment);
        if let Err(refused) = outcome {
            return Some(refused.to_error(&OPERATIONS[operation]));
        }
        let code = match (self.rng.u32(..100), operation) {
            (99, UpsertContact::INDEX | SendEmail::INDEX) => ErrorCode::InvalidEmail,
            (99, ListContacts::INDEX | ListCampaigns::INDEX) => ErrorCode::InvalidQuery,
            (98, _) if self.rng.u32(..40) == 0 => return Some(ErrorCode::InternalError.into()),
            _ => return None,
        };
        let field = match operation {
            SendEmail::INDEX => "to",
            UpsertContact::INDEX => "email",
            _ => "cursor",
        };
        Some(ApiError::fields(vec![FieldError::new(field, code, "")]))
    }
}

/// Returns the scopes that a key is missing for an operation.
fn missing(key: &KeyRecord, operation: usize) -> ScopeSet {
    let needed = OPERATIONS[operation].scopes();
    needed.map_or(ScopeSet::EMPTY, |scopes| scopes.missing(key.effective))
}

impl Program {
    /// Returns the number of requests in the minute that begins at `at`: high in office hours, low
    /// at night and on weekends, zero before the key was created or after it was revoked.
    fn requests_in(&self, at: DateTime<Utc>, now: DateTime<Utc>, rng: &mut Rng) -> u32 {
        let ended = now - TimeDelta::days(self.revoked_days_ago.unwrap_or(0));
        if at < now - TimeDelta::days(self.age_days) || at >= ended - TimeDelta::minutes(1) {
            return 0;
        }
        let weekend = at.weekday().number_from_monday() > 5;
        let share = match (at.hour(), weekend) {
            (8..=17, false) => 100,
            (6..=20, false) | (9..=18, true) => 45,
            _ => 12,
        };
        let per_thousand_minutes = self.busy_hour * share * 10 / 60;
        let steady = per_thousand_minutes / 1000;
        let chance = u32::from(rng.u32(..1000) < per_thousand_minutes % 1000);
        steady + chance
    }

    /// Returns the number of additional requests in a minute of a rush.
    fn rush_in(&self, at: DateTime<Utc>, now: DateTime<Utc>, rng: &mut Rng) -> u32 {
        let days_ago = (now - at).num_days();
        match (self.rush, at.hour(), at.minute()) {
            (Some(Rush::CatchUp), 14, 10..13) if days_ago < self.age_days => 180 + rng.u32(..100),
            (Some(Rush::Mailing), 9, 31) if days_ago % 4 == 0 => 180 + rng.u32(..60),
            _ => 0,
        }
    }
}
