//! `penguinmails admin …`: what an operator does without the dashboard. A running
//! server notices within a second.

use crate::{
    auth::password,
    clock::Clock,
    config::StorageSettings,
    db::Database,
    error::ApiError,
    keys::{format::random_base62, secret::SecretKeys},
    models::{tenant::Tenant, user::User},
    routes::platform::api_keys::{NewKey, prepare},
    server,
};
use anyhow::{Context, bail};
use chrono::NaiveDateTime;
use clap::{Args, Subcommand};
use shared::{
    ids::{TenantId, UserId},
    key::{CreateKey, Environment},
    plan::{Plan, PlanLimits},
    role::Role,
    scope::{Scope, ScopeSet},
    session, validate,
};
use std::{
    io::{BufRead, Write},
    path::PathBuf,
    sync::Arc,
};

/// The tenant that `create-user` creates if it is told no other name.
const DEFAULT_TENANT: &str = "default";

/// An administrative command.
#[derive(Args)]
pub struct AdminCommand {
    #[command(flatten)]
    storage: StorageSettings,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Create a user; the password comes from standard input
    CreateUser {
        /// E-mail address to sign in with
        #[arg(long)]
        email: String,
        /// owner, admin, developer or member
        #[arg(long)]
        role: Role,
        /// Name; by default the part of the e-mail address before the @
        #[arg(long)]
        name: Option<String>,
        /// The company, created if it is not there
        #[arg(long, default_value = DEFAULT_TENANT)]
        tenant: String,
    },
    /// Move a tenant to another plan
    SetPlan {
        /// The company's name
        #[arg(long)]
        tenant: String,
        /// starter, professional, business or enterprise
        #[arg(long)]
        plan: Plan,
    },
    /// Give a tenant limits of its own
    SetLimits {
        /// The company's name
        #[arg(long)]
        tenant: String,
        /// Requests a minute
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
        rate_per_minute: u32,
        /// Requests at once
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
        burst: u32,
    },
    /// Create many keys at once
    CreateKeys {
        /// The company's name
        #[arg(long)]
        tenant: String,
        /// How many
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        count: u32,
        /// live or test
        #[arg(long)]
        environment: Environment,
        /// What the keys may do, separated by commas
        #[arg(long, value_delimiter = ',', required = true)]
        scopes: Vec<Scope>,
        /// A new file for the plaintext keys, one a line
        #[arg(long)]
        out: PathBuf,
    },
}

/// Does it.
pub fn run(command: AdminCommand, clock: &Clock) -> anyhow::Result<()> {
    let (db, secrets) = server::open(&command.storage, clock)?;
    let done = match command.action {
        Action::CreateUser {
            email,
            role,
            name,
            tenant,
        } => {
            let password = read_password()?;
            create_user(
                &db,
                &email,
                role,
                name,
                &tenant,
                &password,
                clock.now_naive(),
            )?;
            format!("Created {email} as {} of {tenant}.", role.as_str())
        }
        Action::SetPlan { tenant, plan } => {
            db.write_blocking(|conn| {
                let id = by_name(conn, &tenant)?.id();
                Tenant::set_plan(conn, &id, plan)
            })
            .map_err(explain)?;
            format!("{tenant} is on the {} now.", plan.label())
        }
        Action::SetLimits {
            tenant,
            rate_per_minute,
            burst,
        } => {
            let limits = PlanLimits {
                rate_per_minute,
                burst,
            };
            db.write_blocking(|conn| {
                let id = by_name(conn, &tenant)?.id();
                Tenant::set_limits(conn, &id, limits)
            })
            .map_err(explain)?;
            format!("{tenant} may make {rate_per_minute} requests a minute now, {burst} at once.")
        }
        Action::CreateKeys {
            tenant,
            count,
            environment,
            scopes,
            out,
        } => {
            let scopes = scopes.into_iter().collect();
            let cost = command.storage.bcrypt_cost;
            create_keys(
                &db,
                secrets,
                cost,
                &tenant,
                count,
                environment,
                scopes,
                &out,
                clock,
            )?;
            format!("Wrote {count} keys to {}.", out.display())
        }
    };
    writeln!(std::io::stdout(), "{done}")?;
    Ok(())
}

fn by_name(conn: &mut crate::db::DbConnection, name: &str) -> Result<Tenant, ApiError> {
    Tenant::by_name(conn, name)?.ok_or_else(|| {
        ApiError::new(shared::error::ErrorCode::NotFound)
            .message(format!("there is no tenant named {name}"))
    })
}

fn explain(error: ApiError) -> anyhow::Error {
    anyhow::anyhow!(error.to_string())
}

fn read_password() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .context("could not read the password")?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    let mut errors = Vec::new();
    session::validate_password(&mut errors, "password", &password);
    if let Some(error) = errors.first() {
        bail!(
            "{} (The password is read from standard input.)",
            error.message
        );
    }
    Ok(password)
}

fn create_user(
    db: &Database,
    email: &str,
    role: Role,
    name: Option<String>,
    tenant_name: &str,
    password: &str,
    now: NaiveDateTime,
) -> anyhow::Result<()> {
    if !validate::is_email(email) {
        bail!("{email} is not an e-mail address");
    }
    let name = name.unwrap_or_else(|| email.split('@').next().unwrap_or(email).to_owned());
    let password_hash = password::hash(password)?;
    let tenant_id = TenantId::new(format!("{}{}", TenantId::PREFIX, random_base62(16)?));
    let user_id = UserId::new(format!("{}{}", UserId::PREFIX, random_base62(16)?));
    let created = db.write_blocking(|conn| {
        let existing = Tenant::by_name(conn, tenant_name)?;
        if existing.is_none() {
            Tenant::new(tenant_id.clone(), tenant_name, Plan::Starter, false, now).insert(conn)?;
        }
        let tenant_id = existing.map_or(tenant_id, |tenant| tenant.id());
        User::new(user_id, &tenant_id, email, &name, role, password_hash, now).insert(conn)
    });
    if created.map_err(explain)? {
        return Ok(());
    }
    bail!("there is a user with the e-mail address {email} already")
}

#[expect(clippy::too_many_arguments, reason = "the flags of one command")]
fn create_keys(
    db: &Database,
    secrets: SecretKeys,
    bcrypt_cost: u32,
    tenant: &str,
    count: u32,
    environment: Environment,
    scopes: ScopeSet,
    out: &std::path::Path,
    clock: &Clock,
) -> anyhow::Result<()> {
    let tenant_id = db
        .write_blocking(|conn| Ok(by_name(conn, tenant)?.id()))
        .map_err(explain)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options
        .open(out)
        .with_context(|| format!("could not create {}", out.display()))?;
    let mut file = std::io::BufWriter::new(file);
    let secrets = Arc::new(secrets);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let new = |number: u32| NewKey {
        tenant_id: tenant_id.clone(),
        form: CreateKey {
            name: format!("Key {number}"),
            description: String::new(),
            environment,
            permissions: scopes.iter().collect(),
            expires_at: None,
            expires_in_days: None,
            ip_allowlist: Vec::new(),
        },
        creator: ("user", String::new(), "command line".to_owned()),
        now: clock.now(),
    };
    let numbers: Vec<u32> = (1..=count).collect();
    for chunk in numbers.chunks(1000) {
        let made = std::thread::scope(|scope| {
            let parts = chunk.chunks(chunk.len().div_ceil(threads));
            let threads: Vec<_> = parts
                .map(|part| {
                    scope.spawn(|| {
                        part.iter()
                            .map(|number| prepare(new(*number), &secrets, bcrypt_cost))
                            .collect::<Result<Vec<_>, _>>()
                    })
                })
                .collect();
            let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err(ApiError::internal("a thread panicked")))
            };
            threads.into_iter().map(join).collect::<Result<Vec<_>, _>>()
        });
        let made: Vec<_> = made.map_err(explain)?.into_iter().flatten().collect();
        // Written first: a key in the database that nobody has is worse than a
        // line that does not work.
        for (plain, _) in &made {
            writeln!(file, "{}", plain.expose())?;
        }
        file.flush()?;
        db.write_blocking(|conn| made.iter().try_for_each(|(_, row)| row.insert(conn)))
            .map_err(explain)?;
    }
    Ok(())
}
