//! A tenant with made-up data, for looking around. Made by the same code as real
//! data, with a clock that is set back.

use crate::{
    auth::password,
    clock::Clock,
    db::Database,
    error::ApiError,
    keys::{cache::KeyRecord, format::random_base62, mint::Minted, secret::SecretKeys},
    models::{api_key::ApiKey, tenant::Tenant, user::User},
    routes::platform::api_keys::{Creator, row},
    state::Tenants,
    usage::recorder::{Answered, Recorder, Source},
};
use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use shared::{
    ids::{TenantId, UserId},
    key::{CreateKey, Environment},
    operation::{ListContacts, Row, UpsertContact, Whoami},
    plan::Plan,
    role::Role,
    scope::Scope,
};
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

/// The domain of the demonstration users.
pub const EMAIL_DOMAIN: &str = "demo.penguinmails.test";
/// Their password.
pub const PASSWORD: &str = "penguin-demo";
/// Where the made-up requests come from (RFC 5737).
const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 24));
/// How much history is made up.
const DAYS: i64 = 30;

/// One of the demonstration's programs and what it does.
struct Program {
    name: &'static str,
    description: &'static str,
    environment: Environment,
    scopes: &'static [Scope],
    age_days: i64,
    /// Requests in a busy hour.
    busy_hour: u32,
    /// Of a hundred requests, how many are refused for lack of a scope.
    refused_percent: u32,
    revoked_days_ago: Option<i64>,
}

const PROGRAMS: [Program; 4] = [
    Program {
        name: "Production App",
        description: "Sign-up form and account pages",
        environment: Environment::Live,
        scopes: &[Scope::ContactsRead, Scope::ContactsWrite, Scope::EmailsSend],
        age_days: 29,
        busy_hour: 90,
        refused_percent: 1,
        revoked_days_ago: None,
    },
    Program {
        name: "CRM sync",
        description: "Copies contacts every few minutes",
        environment: Environment::Live,
        scopes: &[Scope::ContactsRead, Scope::ContactsWrite],
        age_days: 21,
        busy_hour: 40,
        refused_percent: 0,
        revoked_days_ago: None,
    },
    Program {
        name: "Staging Server",
        description: "",
        environment: Environment::Test,
        scopes: &[Scope::ContactsRead, Scope::CampaignsRead, Scope::EmailsSend],
        age_days: 25,
        busy_hour: 12,
        refused_percent: 6,
        revoked_days_ago: None,
    },
    Program {
        name: "Old import script",
        description: "Replaced by CRM sync",
        environment: Environment::Live,
        scopes: &[Scope::ContactsWrite],
        age_days: 30,
        busy_hour: 25,
        refused_percent: 2,
        revoked_days_ago: Some(9),
    },
];

/// Makes up a tenant if the database is empty.
pub async fn seed_if_empty(
    db: &Database,
    secrets: &SecretKeys,
    bcrypt_cost: u32,
    clock: &Clock,
) -> anyhow::Result<()> {
    let users = db.read(User::count).await?;
    if users > 0 {
        return Ok(());
    }
    let now = clock.now();
    let began = now - TimeDelta::days(DAYS);
    let tenant_id = TenantId::new(format!("{}{}", TenantId::PREFIX, random_base62(16)?));
    let password_hash = password::hash(PASSWORD)?;
    let mut people = Vec::new();
    for role in Role::ALL {
        let email = format!("{}@{EMAIL_DOMAIN}", role.as_str());
        let id = UserId::new(format!("{}{}", UserId::PREFIX, random_base62(16)?));
        let hash = password_hash.clone();
        let at = began.naive_utc();
        people.push(User::new(
            id,
            &tenant_id,
            &email,
            role.label(),
            role,
            hash,
            at,
        ));
    }
    let developer = people
        .iter()
        .find(|user| user.email.starts_with("developer@"));
    let creator = developer
        .map(|user| Creator {
            kind: "user",
            id: user.id.clone(),
            email: user.email.clone(),
        })
        .unwrap_or_default();
    let mut keys = Vec::new();
    for program in &PROGRAMS {
        // Nobody ever learns these keys: they are for looking at.
        let minted = Minted::new(program.environment, false, secrets, bcrypt_cost)?;
        let created = now - TimeDelta::days(program.age_days);
        let mut key = row(minted, &tenant_id, program.form(), creator.clone(), created);
        if let Some(days) = program.revoked_days_ago {
            key.revoke(now - TimeDelta::days(days));
        }
        keys.push(key);
    }
    let ids: Vec<String> = keys.iter().map(|key| key.id.clone()).collect();
    let tenant = Tenant::new(
        tenant_id.clone(),
        "demo",
        Plan::Professional,
        true,
        began.naive_utc(),
    );
    db.write(move |conn| {
        tenant.insert(conn)?;
        people
            .iter()
            .try_for_each(|user| user.insert(conn).map(drop))?;
        keys.iter().try_for_each(|key| key.insert(conn))
    })
    .await?;
    make_traffic(db, ids, now).await?;
    Ok(())
}

impl Program {
    fn form(&self) -> CreateKey {
        CreateKey {
            name: self.name.into(),
            description: self.description.into(),
            environment: self.environment,
            permissions: self.scopes.to_vec(),
            expires_at: None,
            expires_in_days: None,
            ip_allowlist: Vec::new(),
            recoverable: false,
        }
    }

    /// How many requests in the minute that begins at `at`: busy in office hours,
    /// quiet at night and at weekends.
    fn requests_in(&self, at: DateTime<Utc>, dice: &mut Dice) -> u32 {
        let weekend = at.weekday().number_from_monday() > 5;
        let share = match (at.hour(), weekend) {
            (8..=17, false) => 100,
            (6..=20, false) | (9..=18, true) => 45,
            _ => 12,
        };
        let per_thousand_minutes = self.busy_hour * share * 10 / 60;
        per_thousand_minutes / 1000 + u32::from(dice.roll(1000) < per_thousand_minutes % 1000)
    }
}

async fn make_traffic(db: &Database, ids: Vec<String>, now: DateTime<Utc>) -> anyhow::Result<()> {
    let tenants = Tenants::default();
    let records: HashMap<usize, Arc<KeyRecord>> = db
        .read(move |conn| {
            let mut records = HashMap::new();
            for (index, id) in ids.into_iter().enumerate() {
                let id = shared::ids::KeyId::new(id);
                let record = ApiKey::record(conn, &id, |tenant| tenants.limits(tenant))?;
                let record = record.ok_or_else(|| ApiError::internal("a demo key is gone"))?;
                records.insert(index, Arc::new(record));
            }
            Ok(records)
        })
        .await?;
    let recorder = Recorder::default();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for (index, program) in PROGRAMS.iter().enumerate() {
        let Some(key) = records.get(&index) else {
            continue;
        };
        let mut at = now - TimeDelta::days(program.age_days);
        let end = now - TimeDelta::days(program.revoked_days_ago.unwrap_or(0));
        while at < end - TimeDelta::minutes(1) {
            for _ in 0..program.requests_in(at, &mut dice) {
                let moment = at + TimeDelta::milliseconds(i64::from(dice.roll(60_000)));
                recorder.record(&dice.request(program, key, moment));
            }
            at += TimeDelta::minutes(1);
        }
    }
    recorder.flush(db).await?;
    Ok(())
}

/// Numbers that look random and are the same every time (xorshift64*).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u32) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        u32::try_from(high % u64::from(sides.max(1))).unwrap_or_default()
    }

    fn request<'a>(
        &mut self,
        program: &Program,
        key: &'a Arc<KeyRecord>,
        at: DateTime<Utc>,
    ) -> Answered<'a> {
        let (operation, base_us) = match self.roll(20) {
            0 => (Whoami::INDEX, 400),
            1..=8 => (UpsertContact::INDEX, 9_000),
            _ => (ListContacts::INDEX, 3_000),
        };
        let status = match self.roll(100) {
            n if n < program.refused_percent => 403,
            99 => 400,
            _ if operation == UpsertContact::INDEX && self.roll(3) == 0 => 201,
            _ => 200,
        };
        // Mostly near the base, now and then ten times as long.
        let tail = if self.roll(25) == 0 { 10 } else { 1 };
        let latency_us = u64::from((base_us + self.roll(base_us)) * tail);
        Answered {
            key,
            source: Source::Api,
            client: CLIENT,
            operation: Some(operation),
            status,
            at_ms: at.timestamp_millis(),
            latency_us,
        }
    }
}
