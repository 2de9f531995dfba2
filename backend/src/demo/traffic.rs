//! Made-up requests. The real limiter decides which are refused, and they are
//! counted and logged as real ones are.

use super::{DAYS, PROGRAMS, Program, dice::Dice};
use crate::{
    clock::Moment,
    db::Database,
    error::ApiError,
    keys::cache::KeyRecord,
    models::{api_key::ApiKey, request_log},
    state::{RequestIds, Tenants},
    usage::{
        rate_history::RateHistory,
        recorder::{Answered, Recorder, Source},
        request_log::{Draft, Failure, LoggedRequest},
    },
};
use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use shared::{
    error::{ErrorCode, FieldError},
    ids::KeyId,
    operation::{ListContacts, Row, UpsertContact, Whoami},
    scope::{Scope, ScopeSet},
};
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::Duration,
};

/// Where the requests come from (RFC 5737).
const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 24));
/// For how long successful requests can be looked up one by one.
const LOGGED: TimeDelta = TimeDelta::days(2);
/// How many requests of the log are written at once.
const AT_ONCE: usize = 500;

/// Makes requests with the keys of [`PROGRAMS`] until `now`.
pub(super) async fn make(db: &Database, ids: Vec<KeyId>, now: DateTime<Utc>) -> anyhow::Result<()> {
    let tenants = Arc::new(Tenants::default());
    let limits = tenants.clone();
    let keys: Vec<Arc<KeyRecord>> = db
        .read(move |conn| {
            let record = |id| {
                let record = ApiKey::record(conn, id, |tenant| limits.limits(tenant))?;
                let record = record.ok_or_else(|| ApiError::internal("a demo key is gone"))?;
                Ok(Arc::new(record))
            };
            ids.iter().map(record).collect::<Result<_, ApiError>>()
        })
        .await?;
    let mut traffic = Traffic {
        now,
        dice: Dice::default(),
        recorder: Recorder::default(),
        request_ids: RequestIds::new()?,
        log: Vec::new(),
    };
    let mut minute = now - TimeDelta::days(DAYS);
    while minute < now - TimeDelta::minutes(1) {
        traffic.make_minute(&keys, minute);
        minute += TimeDelta::minutes(1);
    }
    traffic.recorder.flush(db).await?;
    RateHistory::default().flush(db, &tenants).await?;
    for chunk in traffic.log.chunks(AT_ONCE) {
        let chunk = chunk.to_vec();
        db.write_usage(move |conn| request_log::insert(conn, &chunk))
            .await?;
    }
    Ok(())
}

struct Traffic {
    now: DateTime<Utc>,
    dice: Dice,
    recorder: Recorder,
    request_ids: RequestIds,
    log: Vec<LoggedRequest>,
}

impl Traffic {
    /// The requests of all programs in a minute, in the order of their times.
    fn make_minute(&mut self, keys: &[Arc<KeyRecord>], minute: DateTime<Utc>) {
        let mut asked = Vec::new();
        for (program, key) in PROGRAMS.iter().zip(keys) {
            for _ in 0..program.requests_in(minute, self.now, &mut self.dice) {
                asked.push((self.dice.roll(60_000), program, key));
            }
        }
        asked.sort_by_key(|(millis, ..)| *millis);
        for (millis, program, key) in asked {
            let at = minute + TimeDelta::milliseconds(millis.into());
            self.make_request(program, key, at);
        }
    }

    fn make_request(&mut self, program: &Program, key: &Arc<KeyRecord>, at: DateTime<Utc>) {
        let (operation, base_us) = match self.dice.roll(20) {
            0 => (Whoami::INDEX, 400),
            1..=8 => (UpsertContact::INDEX, 9_000),
            _ => (ListContacts::INDEX, 3_000),
        };
        let error = self.error(program, key, operation, at);
        let status = match &error {
            Some(error) => error.code().status(),
            None if operation == UpsertContact::INDEX && self.dice.roll(3) == 0 => 201,
            None => 200,
        };
        // Mostly near the base, now and then ten times as long; refusals are quick.
        let tail = if self.dice.roll(25) == 0 { 10 } else { 1 };
        let latency_us = match status {
            403 | 429 => u64::from(150 + self.dice.roll(200)),
            _ => u64::from((base_us + self.dice.roll(base_us)) * tail),
        };
        let answered = Answered {
            key,
            source: Source::Api,
            client: CLIENT,
            operation: Some(operation),
            status,
            at_ms: at.timestamp_millis(),
            latency_us,
            logged: true,
        };
        self.recorder.record(&answered);
        if error.is_some() || at > self.now - LOGGED {
            let failure = error.map(|error| Failure::new(&error, true));
            let draft = Draft {
                request_id: self.request_ids.next(),
                failure,
            };
            self.log.push(draft.finish(&answered));
        }
    }

    /// What goes wrong with a request, if anything does.
    fn error(
        &mut self,
        program: &Program,
        key: &KeyRecord,
        operation: usize,
        at: DateTime<Utc>,
    ) -> Option<ApiError> {
        let roll = self.dice.roll(100);
        if roll < program.refused_percent {
            let lacking = ScopeSet::of(&[Scope::ContactsWrite]);
            return Some(ApiError::new(ErrorCode::InsufficientScope).required_scope(lacking));
        }
        let moment = Moment {
            utc_ms: at.timestamp_millis(),
            monotonic: Duration::from_millis(at.timestamp_millis().unsigned_abs()),
        };
        if let (Err(wait), _) = key.limits.charge(key.environment, operation, moment) {
            return Some(wait.refusal());
        }
        let code = match (roll, operation) {
            (99, UpsertContact::INDEX) => ErrorCode::InvalidEmail,
            (99, ListContacts::INDEX) => ErrorCode::InvalidQuery,
            (98, _) if self.dice.roll(40) == 0 => return Some(ErrorCode::InternalError.into()),
            _ => return None,
        };
        let field = if code == ErrorCode::InvalidEmail {
            "email"
        } else {
            "cursor"
        };
        Some(ApiError::fields(vec![FieldError::new(field, code, "")]))
    }
}

impl Program {
    /// How many requests in the minute that begins at `at`: busy in office hours,
    /// quiet at night and at weekends, and none before it was there or after it was
    /// revoked.
    fn requests_in(&self, at: DateTime<Utc>, now: DateTime<Utc>, dice: &mut Dice) -> u32 {
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
        let chance = u32::from(dice.roll(1000) < per_thousand_minutes % 1000);
        steady + chance + self.catching_up(at, now, dice)
    }

    /// Three minutes each afternoon near the limit; every fourth day too much at once.
    fn catching_up(&self, at: DateTime<Utc>, now: DateTime<Utc>, dice: &mut Dice) -> u32 {
        if !self.catches_up || at.hour() != 14 || !(10..13).contains(&at.minute()) {
            return 0;
        }
        let too_much = (now - at).num_days() % 4 == 0 && at.minute() == 11;
        if too_much {
            780 + dice.roll(120)
        } else {
            180 + dice.roll(110)
        }
    }
}
