//! `penguinmails admin …`: administration without the dashboard. A running server notices changes
//! within a second.

mod create_keys;
mod set_quota;
mod users;

use crate::{
    auth::{
        password,
        password_policy::{self, PasswordOwner},
    },
    clock::Clock,
    config::StorageSettings,
    db::{Database, DbConnection},
    error::ApiError,
    mail::address::{ascii_domain, with_ascii_domain},
    models::{audit::AuditEvent, campaign::Campaign, tenant::Tenant, user::User},
    random::new_id,
    server,
};
use anyhow::{Context, bail};
use chrono::NaiveDateTime;
use clap::{Args, Subcommand};
use create_keys::CreateKeys;
use set_quota::SetQuota;
use shared::{
    audit::{Action, Actor, ActorKind},
    ids::{CampaignId, TenantId, UserId},
    plan::{Plan, PlanLimits},
    role::Role,
    validate,
};
use std::io::{BufRead, Write};
use users::UserCommand;

/// Tenant that `create-user` uses by default.
const DEFAULT_TENANT: &str = "default";
/// Actor's name in the audit log, in place of an email address.
const COMMAND_LINE: &str = "command line";

#[derive(Args)]
pub struct AdminCommand {
    #[command(flatten)]
    storage: StorageSettings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Create a user; the password is read from standard input
    CreateUser {
        /// Email address to sign in with
        #[arg(long)]
        email: String,
        /// Role: owner, admin, developer or member
        #[arg(long)]
        role: Role,
        /// Name; defaults to the part of the email address before the @
        #[arg(long)]
        name: Option<String>,
        /// Name of the company, which is created if it does not exist
        #[arg(long, default_value = DEFAULT_TENANT)]
        tenant: String,
    },
    /// Move a tenant to another plan, whose limits replace those of set-limits
    SetPlan {
        /// Name of the company
        #[arg(long)]
        tenant: String,
        /// Plan: starter, professional, business or enterprise
        #[arg(long)]
        plan: Plan,
    },
    /// Override a tenant's rate limits
    SetLimits {
        /// Name of the company
        #[arg(long)]
        tenant: String,
        /// Sustained requests per minute
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
        rate_per_minute: u32,
        /// Largest burst of requests
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
        burst: u32,
    },
    /// Allow or forbid keys that can be revealed again after creation
    SetPolicy {
        /// Name of the company
        #[arg(long)]
        tenant: String,
        /// Allow new keys to be recoverable
        #[arg(long, action = clap::ArgAction::Set)]
        recoverable_keys: bool,
    },
    /// Set the sender of a tenant's emails
    SetSender {
        /// Name of the company
        #[arg(long)]
        tenant: String,
        /// Default sender: name@example.com or "Name <name@example.com>"
        #[arg(long)]
        default_from: String,
        /// Further domains that emails may be sent from, separated by commas
        #[arg(long, value_delimiter = ',')]
        domains: Vec<String>,
    },
    /// Stop a campaign permanently; its queued emails are not sent
    StopCampaign {
        /// Id of the campaign: cmp_…
        #[arg(long)]
        id: String,
    },
    /// Override a tenant's quotas; those not given stay as they are
    SetQuota(SetQuota),
    /// Create many keys at once, regardless of the tenant's key quota
    CreateKeys(CreateKeys),
    #[command(flatten)]
    Users(UserCommand),
}

/// Runs the command.
pub fn run(command: AdminCommand, clock: &Clock) -> anyhow::Result<()> {
    let (db, secrets) = server::open(&command.storage, clock)?;
    let done = match command.command {
        Command::CreateUser {
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
        Command::SetPlan { tenant, plan } => {
            change_tenant(&db, &tenant, Action::PlanChanged, clock, |conn, id| {
                Tenant::clear_limits(conn, id)?;
                Tenant::set_plan(conn, id, plan)
            })?;
            format!("{tenant} is on the {} now.", plan.label())
        }
        Command::SetLimits {
            tenant,
            rate_per_minute,
            burst,
        } => {
            let limits = PlanLimits {
                rate_per_minute,
                burst,
            };
            change_tenant(&db, &tenant, Action::LimitsChanged, clock, |conn, id| {
                Tenant::set_limits(conn, id, limits)
            })?;
            format!("{tenant} may make {rate_per_minute} requests a minute now, {burst} at once.")
        }
        Command::SetPolicy {
            tenant,
            recoverable_keys,
        } => {
            change_tenant(&db, &tenant, Action::PolicyChanged, clock, |conn, id| {
                Tenant::set_allow_recoverable(conn, id, recoverable_keys)
            })?;
            let may = if recoverable_keys { "may" } else { "may not" };
            format!("New keys of {tenant} {may} be recoverable now.")
        }
        Command::SetSender {
            tenant,
            default_from,
            domains,
        } => {
            set_sender(&db, &tenant, &default_from, &domains, clock)?;
            format!("Mails of {tenant} come from {default_from} now.")
        }
        Command::SetQuota(flags) => flags.run(&db, clock)?,
        Command::StopCampaign { id } => {
            let id = CampaignId::new(id);
            let now = clock.now_naive();
            let stopped = db.write_blocking(|conn| Campaign::stop(conn, &id, operator(), now));
            let campaign = stopped.map_err(explain)?;
            format!("Stopped the campaign {} ({id}).", campaign.name)
        }
        Command::CreateKeys(flags) => {
            flags.run(&db, &secrets, command.storage.bcrypt_cost, clock)?
        }
        Command::Users(command) => command.run(&db, clock)?,
    };
    writeln!(std::io::stdout(), "{done}")?;
    Ok(())
}

/// Updates a tenant's row and records the audit event.
fn change_tenant(
    db: &Database,
    name: &str,
    action: Action,
    clock: &Clock,
    change: impl FnOnce(&mut DbConnection, &TenantId) -> Result<(), ApiError>,
) -> anyhow::Result<()> {
    let changed = db.write_blocking(|conn| {
        let before = by_name(conn, name)?;
        let id = before.id();
        change(conn, &id)?;
        let after = Tenant::get(conn, &id)?;
        let event = AuditEvent {
            tenant: &id,
            actor: operator(),
            action,
            subject_id: id.as_str(),
            at: clock.now_naive(),
        };
        event.record_updated(conn, &before.audited()?, &after.audited()?)
    });
    changed.map_err(explain)
}

/// Actor of all commands: anyone with a shell on the server.
fn operator() -> Actor {
    Actor {
        kind: ActorKind::Operator,
        id: String::new(),
        email: COMMAND_LINE.to_owned(),
        address: String::new(),
    }
}

fn by_name(conn: &mut DbConnection, name: &str) -> Result<Tenant, ApiError> {
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
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Checks a new password against the password policy.
fn check_password(password: &str, email: &str, name: &str, tenant: &str) -> anyhow::Result<()> {
    let owner = PasswordOwner {
        email,
        name,
        tenant,
    };
    password_policy::check("password", password, &owner).map_err(|error| {
        anyhow::anyhow!(
            "{} (The password is read from standard input.)",
            error.message
        )
    })
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
    if !validate::is_email(email) || with_ascii_domain(email).is_none() {
        bail!("{email} is not an email address");
    }
    let name = name.unwrap_or_else(|| email.split('@').next().unwrap_or(email).to_owned());
    check_password(password, email, &name, tenant_name)?;
    let password_hash = password::hash(password)?;
    let tenant_id = new_id::<TenantId>()?;
    let user_id = new_id::<UserId>()?;
    let created = db.write_blocking(|conn| {
        let existing = Tenant::by_name(conn, tenant_name)?;
        if existing.is_none() {
            Tenant::new(tenant_id.clone(), tenant_name, Plan::Starter, false, now).insert(conn)?;
        }
        let tenant_id = existing.map_or(tenant_id, |tenant| tenant.id());
        let user = User::new(user_id, &tenant_id, email, &name, role, password_hash, now);
        if !user.insert(conn)? {
            return Ok(false);
        }
        let event = AuditEvent {
            tenant: &tenant_id,
            actor: operator(),
            action: Action::UserCreated,
            subject_id: &user.id,
            at: now,
        };
        event.record_created(conn, &user.audited())?;
        Ok(true)
    });
    if created.map_err(explain)? {
        return Ok(());
    }
    bail!("a user with the email address {email} already exists")
}

fn set_sender(
    db: &Database,
    tenant: &str,
    default_from: &str,
    domains: &[String],
    clock: &Clock,
) -> anyhow::Result<()> {
    let ascii_from = with_ascii_domain(default_from);
    let Some(default_from) = ascii_from.filter(|it| validate::parse_sender(it).is_some()) else {
        bail!("{default_from} is not a sender; use name@example.com or Name <name@example.com>");
    };
    let ascii_domains = domains.iter().map(|domain| {
        let ascii = ascii_domain(domain).filter(|it| validate::is_email(&format!("a@{it}")));
        let ascii = ascii.with_context(|| format!("{domain} is not a domain"))?;
        anyhow::Ok(ascii.into_owned())
    });
    let domains: Vec<_> = ascii_domains.collect::<Result<_, _>>()?;
    change_tenant(db, tenant, Action::SenderChanged, clock, |conn, id| {
        Tenant::set_sender(conn, id, &default_from, &domains)
    })
}
