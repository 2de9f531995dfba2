//! Refused sign-ins, wrong passwords and refused calls of the dashboard (ASVS 5.0, section
//! 16.3). Each goes to the log at once and, if the account is known, to its tenant's
//! audit log; repeats are counted, so that a flood of them fills neither.
//!
//! Recording only notes things in memory, which takes as long for unknown accounts as for
//! known ones. [`flush`] writes the audit log each second, [`report_repeats`] the counts
//! of the log each minute.

use crate::{
    coalesce::Coalescer,
    error::ApiError,
    gateway::{address::network_of, guard::client_of},
    models::{
        audit::{Deed, Members, members},
        session::SignedIn,
        user::User,
    },
    state::AppState,
};
use actix_web::{HttpMessage, HttpRequest, body::BoxBody, dev::ServiceResponse};
use parking_lot::Mutex;
use serde_json::json;
use shared::{
    audit::{Action, Actor, ActorKind},
    error::ErrorCode,
    ids::TenantId,
    operation::{GetSession, Row},
};
use std::{collections::HashMap, net::IpAddr};

/// Refusals that the log tells apart in a minute.
const MAX_LOGGED: usize = 1_000;
/// Accounts whose refusals the audit log tells apart in an hour.
const MAX_ACCOUNTS: usize = 1_000;
/// Entries that each of them has in an hour, before the rest are counted together.
const MAX_ENTRIES_PER_ACCOUNT: usize = 20;
const MAX_PENDING: usize = 10_000;

/// A refusal, as the log tells it apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct LogLine {
    action: Action,
    account: String,
    network: IpAddr,
    reason: ErrorCode,
}

/// Refusals that are still to be reported.
pub struct Refusals {
    log: Coalescer<LogLine>,
    audit: Mutex<Audit>,
}

#[derive(Default)]
struct Audit {
    /// Hour since the epoch that `accounts` is about.
    hour: i64,
    accounts: HashMap<String, AccountRefusals>,
    /// Entries that wait to be written.
    pending: Vec<Entry>,
}

/// A user's account. Not a [`User`], which holds a password hash.
#[derive(Clone)]
struct Account {
    tenant: TenantId,
    user_id: String,
    email: String,
}

/// Refusals of an hour that concern one account.
struct AccountRefusals {
    account: Account,
    entries: HashMap<EntryKind, u64>,
    /// Refusals beyond [`MAX_ENTRIES_PER_ACCOUNT`].
    others: u64,
}

type EntryKind = (Action, ErrorCode, IpAddr);

/// An entry of the audit log.
struct Entry {
    account: Account,
    actor: Actor,
    action: Action,
    details: Members,
}

impl Default for Refusals {
    fn default() -> Self {
        Self {
            log: Coalescer::new(MAX_LOGGED),
            audit: Mutex::default(),
        }
    }
}

/// Records a refusal that concerns `user`'s account.
pub fn record(
    state: &AppState,
    request: &HttpRequest,
    action: Action,
    user: &User,
    reason: ErrorCode,
) {
    let client = client_of(state, request);
    log(state, action, &user.email, client, reason);
    // Entering the password again is a step of ordinary work.
    if reason == ErrorCode::SudoRequired {
        return;
    }
    let hour = state.clock.now_ms() / 3_600_000;
    state
        .refusals
        .audit
        .lock()
        .record(hour, action, user, client, reason);
}

/// Records a refused sign-in to an account that is not there or was not looked up. The
/// email address is shortened: some people type their password into its field.
pub fn record_unknown(state: &AppState, request: &HttpRequest, email: &str, reason: ErrorCode) {
    let client = client_of(state, request);
    let account = shortened(email);
    log(state, Action::LoginFailed, &account, client, reason);
}

/// Records a call to `/api/v1` that was refused with 401 or 403. Wrong passwords are
/// recorded where they are checked.
pub fn record_response(state: &AppState, response: &ServiceResponse<BoxBody>) {
    if !matches!(response.status().as_u16(), 401 | 403) {
        return;
    }
    let error = response.response().error();
    let Some(error) = error.and_then(|error| error.as_error::<ApiError>()) else {
        return;
    };
    let request = response.request();
    let reason = error.code();
    let is_recorded = matches!(
        reason,
        ErrorCode::WrongCredentials | ErrorCode::WrongPassword
    );
    // The dashboard asks whether anyone is signed in.
    let is_question =
        reason == ErrorCode::NotSignedIn && request.path() == GetSession::OPERATION.path;
    if is_recorded || is_question {
        return;
    }
    match request.extensions().get::<SignedIn>() {
        Some(by) => record(state, request, Action::CallRefused, &by.user, reason),
        None => log(
            state,
            Action::CallRefused,
            "",
            client_of(state, request),
            reason,
        ),
    }
}

fn log(state: &AppState, action: Action, account: &str, client: IpAddr, reason: ErrorCode) {
    let network = network_of(client);
    let line = LogLine {
        action,
        account: account.to_owned(),
        network,
        reason,
    };
    if !state.refusals.log.is_first(line) {
        return;
    }
    let action = action.as_str();
    match reason {
        ErrorCode::SudoRequired | ErrorCode::NotSignedIn => {
            tracing::info!(action, account, %network, %reason, "refused");
        }
        _ => tracing::warn!(action, account, %network, %reason, "refused"),
    }
}

/// Logs how often the refusals of the last minute came again.
pub fn report_repeats(state: &AppState) {
    let repeats = state.refusals.log.drain();
    for (line, repeats) in repeats.listed {
        let LogLine {
            action,
            account,
            network,
            reason,
        } = line;
        let action = action.as_str();
        tracing::warn!(action, account, %network, %reason, repeats, "refused again");
    }
    if repeats.unlisted > 0 {
        let repeats = repeats.unlisted;
        tracing::warn!(repeats, "more was refused than can be listed");
    }
}

/// Writes the audit log. What could not be written is kept for the next call.
pub async fn flush(state: &AppState) -> Result<(), ApiError> {
    let at = state.clock.now_naive();
    let entries = {
        let mut audit = state.refusals.audit.lock();
        audit.start_hour(state.clock.now_ms() / 3_600_000);
        std::mem::take(&mut audit.pending)
    };
    if entries.is_empty() {
        return Ok(());
    }
    let entries = std::sync::Arc::new(entries);
    let to_write = entries.clone();
    let written = state.db.write(move |conn| {
        for entry in to_write.iter() {
            let deed = Deed {
                tenant: &entry.account.tenant,
                actor: entry.actor.clone(),
                action: entry.action,
                subject_id: &entry.account.user_id,
                at,
            };
            deed.log_new(conn, &entry.details)?;
        }
        Ok(())
    });
    let written = written.await;
    if written.is_err()
        && let Some(entries) = std::sync::Arc::into_inner(entries)
    {
        let mut audit = state.refusals.audit.lock();
        for entry in entries {
            audit.queue(entry);
        }
    }
    written
}

impl Audit {
    fn record(
        &mut self,
        hour: i64,
        action: Action,
        user: &User,
        client: IpAddr,
        reason: ErrorCode,
    ) {
        self.start_hour(hour);
        if !self.accounts.contains_key(&user.id) && self.accounts.len() >= MAX_ACCOUNTS {
            return;
        }
        let of_account = self
            .accounts
            .entry(user.id.clone())
            .or_insert_with(|| AccountRefusals {
                account: Account::of(user),
                entries: HashMap::new(),
                others: 0,
            });
        let kind = (action, reason, network_of(client));
        if let Some(repeats) = of_account.entries.get_mut(&kind) {
            *repeats += 1;
            return;
        }
        if of_account.entries.len() >= MAX_ENTRIES_PER_ACCOUNT {
            of_account.others += 1;
            return;
        }
        of_account.entries.insert(kind, 0);
        let details = members([
            ("reason", json!(reason)),
            ("network", json!(kind.2)),
            ("attempts", json!(1)),
        ]);
        let entry = Entry::new(&of_account.account, action, client.to_string(), details);
        self.queue(entry);
    }

    /// Queues the counts of the last hour, if it has ended.
    fn start_hour(&mut self, hour: i64) {
        if self.hour == hour {
            return;
        }
        self.hour = hour;
        for (_, of_account) in std::mem::take(&mut self.accounts) {
            let account = &of_account.account;
            for ((action, reason, network), repeats) in of_account.entries {
                if repeats > 0 {
                    let details = members([
                        ("reason", json!(reason)),
                        ("network", json!(network)),
                        ("attempts", json!(repeats)),
                    ]);
                    self.queue(Entry::new(account, action, network.to_string(), details));
                }
            }
            if of_account.others > 0 {
                let details = members([("attempts", json!(of_account.others))]);
                let entry = Entry::new(account, Action::LoginFailed, String::new(), details);
                self.queue(entry);
            }
        }
    }

    fn queue(&mut self, entry: Entry) {
        if self.pending.len() < MAX_PENDING {
            self.pending.push(entry);
        }
    }
}

impl Account {
    fn of(user: &User) -> Self {
        Self {
            tenant: TenantId::new(user.tenant_id.clone()),
            user_id: user.id.clone(),
            email: user.email.clone(),
        }
    }
}

impl Entry {
    /// A refused sign-in was made by someone unknown, everything else by the user.
    fn new(account: &Account, action: Action, address: String, details: Members) -> Self {
        let actor = if action == Action::LoginFailed {
            Actor {
                kind: ActorKind::Anonymous,
                id: String::new(),
                email: String::new(),
                address,
            }
        } else {
            Actor {
                kind: ActorKind::User,
                id: account.user_id.clone(),
                email: account.email.clone(),
                address,
            }
        };
        Self {
            account: account.clone(),
            actor,
            action,
            details,
        }
    }
}

/// The first character and the domain of an email address; nothing of another text.
fn shortened(email: &str) -> String {
    if !shared::validate::is_email(email) {
        return "(no email address)".to_owned();
    }
    let first: String = email.chars().take(1).collect();
    let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
    format!("{first}***@{domain}").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn email_addresses_are_shortened() {
        assert_eq!(shortened("Olga.Petrova@First.test"), "o***@first.test");
        for text in ["correct horse battery", "", "a@b@c", "@", "a\n@first.test"] {
            assert_eq!(shortened(text), "(no email address)");
        }
    }
}
