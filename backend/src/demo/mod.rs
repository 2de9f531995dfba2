//! A demonstration tenant with generated data. It is created by the same code as real data, with a
//! clock that is set back.

mod traffic;

use crate::{
    auth::password,
    clock::Clock,
    db::Database,
    keys::{mint::Minted, secret::SecretKeys},
    models::{
        api_key::{ApiKey, Creator},
        tenant::Tenant,
        user::User,
    },
    random::new_id,
};
use chrono::TimeDelta;
use shared::{
    demo::{EMAIL_DOMAIN, PASSWORD, email},
    ids::{KeyId, TenantId, UserId},
    key::{CreateKey, Environment},
    plan::Plan,
    role::Role,
    scope::Scope,
};

/// Default sender of the demonstration tenant.
const DEFAULT_FROM: &str = "Penguin Demo <hello@demo.penguinmails.test>";
/// Days of generated history.
const DAYS: i64 = 30;

/// A simulated program with an API key.
struct Program {
    name: &'static str,
    description: &'static str,
    environment: Environment,
    scopes: &'static [Scope],
    age_days: i64,
    /// Requests per hour at peak times.
    busy_hour: u32,
    /// Percentage of calls without the required scope that are made anyway.
    bold_percent: u32,
    revoked_days_ago: Option<i64>,
    rush: Option<Rush>,
}

/// A recurring burst of requests for a few minutes.
#[derive(Clone, Copy)]
enum Rush {
    /// Every afternoon, slightly below the rate limit.
    CatchUp,
    /// Every fourth day, more emails per minute than the limit allows.
    Mailing,
}

const PROGRAMS: [Program; 4] = [
    Program {
        name: "Production App",
        description: "Sign-up form and account pages",
        environment: Environment::Live,
        scopes: &[Scope::ContactsRead, Scope::ContactsWrite, Scope::EmailsSend],
        age_days: 29,
        busy_hour: 90,
        bold_percent: 16,
        revoked_days_ago: None,
        rush: Some(Rush::Mailing),
    },
    Program {
        name: "CRM sync",
        description: "Copies contacts every few minutes",
        environment: Environment::Live,
        scopes: &[Scope::ContactsRead, Scope::ContactsWrite],
        age_days: 21,
        busy_hour: 40,
        bold_percent: 0,
        revoked_days_ago: None,
        rush: Some(Rush::CatchUp),
    },
    Program {
        name: "Staging Server",
        description: "",
        environment: Environment::Test,
        scopes: &[Scope::ContactsRead, Scope::CampaignsRead, Scope::EmailsSend],
        age_days: 25,
        busy_hour: 12,
        bold_percent: 12,
        revoked_days_ago: None,
        rush: None,
    },
    Program {
        name: "Old import script",
        description: "Replaced by CRM sync",
        environment: Environment::Live,
        scopes: &[Scope::ContactsWrite],
        age_days: 30,
        busy_hour: 25,
        bold_percent: 15,
        revoked_days_ago: Some(9),
        rush: None,
    },
];

/// Creates the demonstration tenant if the database is empty.
pub async fn create_if_empty(
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
    let tenant_id = new_id::<TenantId>()?;
    let password_hash = password::hash(PASSWORD)?;
    let mut people = Vec::new();
    for role in Role::ALL {
        let email = email(role);
        let id = new_id::<UserId>()?;
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
        // The plaintext is dropped: these keys are for display only.
        let minted = Minted::new(program.environment, false, secrets, bcrypt_cost)?;
        let created = now - TimeDelta::days(program.age_days);
        let mut key = ApiKey::new(minted, &tenant_id, program.form(), creator.clone(), created);
        if let Some(days) = program.revoked_days_ago {
            key.revoke(now - TimeDelta::days(days));
        }
        keys.push(key);
    }
    let ids = keys.iter().map(|key| KeyId::new(key.id.clone())).collect();
    let tenant = Tenant::new(
        tenant_id.clone(),
        "demo",
        Plan::Professional,
        true,
        began.naive_utc(),
    );
    db.write(move |conn| {
        tenant.insert(conn)?;
        let domains = [EMAIL_DOMAIN.to_owned()];
        Tenant::set_sender(conn, &tenant.id(), DEFAULT_FROM, &domains)?;
        people
            .iter()
            .try_for_each(|user| user.insert(conn).map(drop))?;
        keys.iter().try_for_each(|key| key.insert(conn))
    })
    .await?;
    traffic::make(db, ids, now).await?;
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
}
