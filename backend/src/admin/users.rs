//! `penguinmails admin`: passwords, roles and sessions of users.

use super::{by_name, check_password, explain, operator, read_password};
use crate::{
    auth::password,
    clock::Clock,
    db::{Database, DbConnection},
    error::ApiError,
    models::{
        api_key::ApiKey,
        audit::{AuditEvent, audit_fields},
        message::NewMessage,
        session::Session,
        tenant::Tenant,
        user::User,
    },
};
use chrono::NaiveDateTime;
use clap::{Args, Subcommand};
use serde_json::json;
use shared::{audit::Action, error::ErrorCode, ids::TenantId, role::Role};
use std::fmt::Write;

#[derive(Subcommand)]
pub enum UserCommand {
    /// Set a user's password, read from standard input; ends the user's sessions
    SetPassword {
        /// Email address of the user
        #[arg(long)]
        email: String,
    },
    /// Change a user's role; ends the user's sessions
    SetRole {
        /// Email address of the user
        #[arg(long)]
        email: String,
        /// Role: owner, admin, developer or member
        #[arg(long)]
        role: Role,
    },
    /// Disable a user's sign-in; ends the user's sessions
    DisableUser {
        /// Email address of the user
        #[arg(long)]
        email: String,
    },
    /// Allow a disabled user to sign in again
    EnableUser {
        /// Email address of the user
        #[arg(long)]
        email: String,
    },
    /// End the sessions of one user, of a company or of everyone
    EndSessions(Whose),
    /// List users with their roles and sessions
    ListUsers {
        /// Name of the company; all companies by default
        #[arg(long)]
        tenant: Option<String>,
    },
}

/// The users whose sessions end.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct Whose {
    /// Email address of the user
    #[arg(long)]
    email: Option<String>,
    /// Name of the company
    #[arg(long)]
    tenant: Option<String>,
    /// All users of all companies
    #[arg(long)]
    everyone: bool,
}

impl UserCommand {
    /// Runs the command. Returns the text to print.
    pub fn run(self, db: &Database, clock: &Clock) -> anyhow::Result<String> {
        match self {
            Self::SetPassword { email } => set_password(db, clock, &email),
            Self::SetRole { email, role } => set_role(db, clock, &email, role),
            Self::DisableUser { email } => disable(db, clock, &email),
            Self::EnableUser { email } => enable(db, clock, &email),
            Self::EndSessions(whose) => end_sessions(db, clock, &whose),
            Self::ListUsers { tenant } => list(db, clock, tenant.as_deref()),
        }
    }
}

fn set_password(db: &Database, clock: &Clock, email: &str) -> anyhow::Result<String> {
    let password = read_password()?;
    let found = db.write_blocking(|conn| {
        let user = by_email(conn, email)?;
        let tenant = Tenant::get(conn, &TenantId::new(user.tenant_id.clone()))?;
        Ok((user, tenant))
    });
    let (user, tenant) = found.map_err(explain)?;
    check_password(&password, &user.email, &user.name, &tenant.name)?;
    let password_hash = password::hash(&password)?;
    let action = Action::UserPasswordChanged;
    let changed = change_user(db, clock, email, action, |conn, user| {
        user.password_hash = password_hash;
        password_notice(user, clock).queue(conn, clock.now_naive())?;
        Ok(Vec::new())
    })?;
    let mut text = format!("Set a new password for {email}. {}", changed.sessions());
    if changed.user.disabled_at.is_some() {
        write!(text, " The user is still disabled.")?;
    }
    Ok(text)
}

fn password_notice(user: &User, clock: &Clock) -> NewMessage {
    let text = format!(
        "The operator of the server set a new password for your account {email} on {date}. \
         All your sessions have ended.\n\n\
         If you did not expect this, ask the person who runs the server.\n",
        email = user.email,
        date = clock.now().format("%d %B %Y at %H:%M UTC"),
    );
    let tenant = TenantId::new(user.tenant_id.clone());
    NewMessage::notice(tenant, &user.email, "Your password was changed", &text)
}

fn set_role(db: &Database, clock: &Clock, email: &str, role: Role) -> anyhow::Result<String> {
    let name = role.as_str();
    let changed = change_user(db, clock, email, Action::UserRoleChanged, |conn, user| {
        user.set_role(role);
        let mut keys = keys_of(conn, user, clock)?;
        keys.retain(|key| {
            let scopes = key.scope_set();
            scopes.is_ok_and(|scopes| !scopes.iter().all(|scope| role.can_grant(scope)))
        });
        Ok(keys)
    })?;
    if !changed.happened {
        return Ok(format!("The role of {email} is {name} already."));
    }
    let mut text = format!("The role of {email} is {name} now. {}", changed.sessions());
    if !changed.keys.is_empty() {
        write!(
            text,
            "\nAPI keys belong to the company and keep working. {email} created these, which may \
             do more than a {name} can grant; revoke in the dashboard those that should stop:\n{}",
            key_lines(&changed.keys)
        )?;
    }
    Ok(text)
}

fn disable(db: &Database, clock: &Clock, email: &str) -> anyhow::Result<String> {
    let changed = change_user(db, clock, email, Action::UserDisabled, |conn, user| {
        user.disabled_at = user.disabled_at.or(Some(clock.now_naive()));
        keys_of(conn, user, clock)
    })?;
    let mut text = if changed.happened {
        format!("Disabled {email}. {}", changed.sessions())
    } else {
        format!("{email} is disabled already.")
    };
    if !changed.keys.is_empty() {
        write!(
            text,
            "\nAPI keys belong to the company and keep working. {email} created these; revoke in \
             the dashboard those that should stop:\n{}",
            key_lines(&changed.keys)
        )?;
    }
    Ok(text)
}

fn enable(db: &Database, clock: &Clock, email: &str) -> anyhow::Result<String> {
    let changed = change_user(db, clock, email, Action::UserEnabled, |_, user| {
        user.disabled_at = None;
        Ok(Vec::new())
    })?;
    Ok(if changed.happened {
        format!("{email} can sign in again.")
    } else {
        format!("{email} is not disabled.")
    })
}

/// A user after a change, with notes for the operator.
struct Changed {
    user: User,
    /// `false` if the change had no effect.
    happened: bool,
    sessions_ended: usize,
    /// Keys that the operator should review.
    keys: Vec<ApiKey>,
}

impl Changed {
    fn sessions(&self) -> String {
        format!("Ended {}.", sessions(self.sessions_ended))
    }
}

/// Changes a user, ends the user's sessions and records the audit event. Returns an error if a
/// company would lose its last enabled Owner.
fn change_user(
    db: &Database,
    clock: &Clock,
    email: &str,
    action: Action,
    change: impl FnOnce(&mut DbConnection, &mut User) -> Result<Vec<ApiKey>, ApiError>,
) -> anyhow::Result<Changed> {
    let changed = db.write_blocking(|conn| {
        let before = by_email(conn, email)?;
        let mut user = before.clone();
        let keys = change(conn, &mut user)?;
        if user == before {
            return Ok(Changed {
                user,
                happened: false,
                sessions_ended: 0,
                keys,
            });
        }
        if before.is_last_owner(conn)? && !user.is_enabled_owner()? {
            return Err(last_owner(email));
        }
        user.save(conn)?;
        let sessions_ended = Session::end_all(conn, &user.id, None)?;
        let mut after = user.audited();
        after.insert("sessions_ended".to_owned(), json!(sessions_ended));
        let tenant = TenantId::new(user.tenant_id.clone());
        let event = AuditEvent {
            tenant: &tenant,
            actor: operator(),
            action,
            subject_id: &user.id,
            at: clock.now_naive(),
        };
        event.record_updated(conn, &before.audited(), &after)?;
        Ok(Changed {
            user,
            happened: true,
            sessions_ended,
            keys,
        })
    });
    changed.map_err(explain)
}

fn last_owner(email: &str) -> ApiError {
    ApiError::new(ErrorCode::InvalidField).message(format!(
        "{email} is the last enabled Owner of the company; make another user an Owner first \
         (admin set-role)"
    ))
}

fn by_email(conn: &mut DbConnection, email: &str) -> Result<User, ApiError> {
    User::for_change(conn, email)?.ok_or_else(|| {
        ApiError::new(ErrorCode::NotFound).message(format!(
            "there is no user with the email address {email} (see admin list-users)"
        ))
    })
}

fn keys_of(conn: &mut DbConnection, user: &User, clock: &Clock) -> Result<Vec<ApiKey>, ApiError> {
    let tenant = TenantId::new(user.tenant_id.clone());
    ApiKey::created_by(conn, &tenant, &user.email, clock.now())
}

fn key_lines(keys: &[ApiKey]) -> String {
    let line = |key: &ApiKey| {
        let ApiKey {
            id,
            name,
            environment,
            scopes,
            ..
        } = key;
        format!("  {id}  {environment}  {name:?}  {scopes}")
    };
    keys.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn end_sessions(db: &Database, clock: &Clock, whose: &Whose) -> anyhow::Result<String> {
    let at = clock.now_naive();
    let ended = db.write_blocking(|conn| {
        let users = match (&whose.email, &whose.tenant) {
            (Some(email), _) => vec![by_email(conn, email)?],
            (None, tenant) => users_of(conn, tenant.as_deref())?,
        };
        let mut total = 0;
        for user in users {
            let ended = Session::end_all(conn, &user.id, None)?;
            if ended > 0 {
                record_end(conn, &user, ended, at)?;
            }
            total += ended;
        }
        Ok(total)
    });
    Ok(format!("Ended {}.", sessions(ended.map_err(explain)?)))
}

fn record_end(
    conn: &mut DbConnection,
    user: &User,
    ended: usize,
    at: NaiveDateTime,
) -> Result<(), ApiError> {
    let tenant = TenantId::new(user.tenant_id.clone());
    let event = AuditEvent {
        tenant: &tenant,
        actor: operator(),
        action: Action::UserSessionsEnded,
        subject_id: &user.id,
        at,
    };
    event.record_created(conn, &audit_fields([("sessions_ended", json!(ended))]))
}

fn tenants(conn: &mut DbConnection, name: Option<&str>) -> Result<Vec<Tenant>, ApiError> {
    match name {
        Some(name) => Ok(vec![by_name(conn, name)?]),
        None => Tenant::list(conn),
    }
}

fn users_of(conn: &mut DbConnection, tenant: Option<&str>) -> Result<Vec<User>, ApiError> {
    let mut users = Vec::new();
    for tenant in tenants(conn, tenant)? {
        users.extend(User::list(conn, &tenant.id())?);
    }
    Ok(users)
}

fn list(db: &Database, clock: &Clock, tenant: Option<&str>) -> anyhow::Result<String> {
    let now = clock.now_naive();
    let rows = db.write_blocking(|conn| {
        let mut rows = vec![
            [
                "EMAIL",
                "ROLE",
                "COMPANY",
                "SIGN-IN",
                "SESSIONS",
                "LAST SEEN",
            ]
            .map(str::to_owned),
        ];
        for tenant in tenants(conn, tenant)? {
            for user in User::list(conn, &tenant.id())? {
                rows.push(list_row(conn, user, &tenant.name, now)?);
            }
        }
        Ok(rows)
    });
    let rows = rows.map_err(explain)?;
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: [usize; 6] = std::array::from_fn(|column| width(column).unwrap_or_default());
    let line = |row: &[String; 6]| {
        let cells = row.iter().zip(widths);
        let cells: Vec<_> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        cells.join("  ").trim_end().to_owned()
    };
    Ok(rows.iter().map(line).collect::<Vec<_>>().join("\n"))
}

fn list_row(
    conn: &mut DbConnection,
    user: User,
    company: &str,
    now: NaiveDateTime,
) -> Result<[String; 6], ApiError> {
    let (newest, total) = Session::list(conn, &user.id, 1, now)?;
    let last_seen = newest.first().map(|session| {
        session
            .last_seen_at
            .format("%Y-%m-%d %H:%M UTC")
            .to_string()
    });
    let sign_in = match user.disabled_at {
        Some(date) => format!("disabled {}", date.format("%Y-%m-%d")),
        None => "enabled".to_owned(),
    };
    Ok([
        user.email.clone(),
        user.role()?.as_str().to_owned(),
        company.to_owned(),
        sign_in,
        total.to_string(),
        last_seen.unwrap_or_default(),
    ])
}

fn sessions(number: usize) -> String {
    match number {
        1 => "1 session".to_owned(),
        number => format!("{number} sessions"),
    }
}
