//! Refusals in memory, until [`refusals`](super::refusals) writes them: repeats are counted,
//! so that a flood of them fills neither the log nor the audit log.

use crate::{
    coalesce::Coalescer,
    gateway::address::network_of,
    models::{
        audit::{AuditFields, audit_fields},
        user::User,
    },
};
use parking_lot::Mutex;
use serde_json::json;
use shared::{
    audit::{Action, Actor, ActorKind},
    error::ErrorCode,
    ids::TenantId,
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
pub struct LogLine {
    pub action: Action,
    pub account: String,
    pub network: IpAddr,
    pub reason: ErrorCode,
}

/// Refusals that are still to be reported.
pub struct Refusals {
    pub(super) log: Coalescer<LogLine>,
    pub(super) audit: Mutex<Audit>,
}

#[derive(Default)]
pub(super) struct Audit {
    /// Hour since the epoch that `accounts` is about.
    hour: i64,
    accounts: HashMap<String, AccountRefusals>,
    /// Entries that wait to be written.
    pub(super) pending: Vec<Entry>,
}

/// A user's account. Not a [`User`], which holds a password hash.
#[derive(Clone)]
pub(super) struct Account {
    pub(super) tenant: TenantId,
    pub(super) user_id: String,
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
pub(super) struct Entry {
    pub(super) account: Account,
    pub(super) actor: Actor,
    pub(super) action: Action,
    pub(super) details: AuditFields,
}

impl Default for Refusals {
    fn default() -> Self {
        Self {
            log: Coalescer::new(MAX_LOGGED),
            audit: Mutex::default(),
        }
    }
}

impl Audit {
    pub(super) fn record(
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
        let details = audit_fields([
            ("reason", json!(reason)),
            ("network", json!(kind.2)),
            ("attempts", json!(1)),
        ]);
        let entry = Entry::new(&of_account.account, action, client.to_string(), details);
        self.queue(entry);
    }

    /// Queues the counts of the last hour, if it has ended.
    pub(super) fn start_hour(&mut self, hour: i64) {
        if self.hour == hour {
            return;
        }
        self.hour = hour;
        for (_, of_account) in std::mem::take(&mut self.accounts) {
            let account = &of_account.account;
            for ((action, reason, network), repeats) in of_account.entries {
                if repeats > 0 {
                    let details = audit_fields([
                        ("reason", json!(reason)),
                        ("network", json!(network)),
                        ("attempts", json!(repeats)),
                    ]);
                    self.queue(Entry::new(account, action, network.to_string(), details));
                }
            }
            if of_account.others > 0 {
                let details = audit_fields([("attempts", json!(of_account.others))]);
                let entry = Entry::new(account, Action::LoginFailed, String::new(), details);
                self.queue(entry);
            }
        }
    }

    pub(super) fn queue(&mut self, entry: Entry) {
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
    fn new(account: &Account, action: Action, address: String, details: AuditFields) -> Self {
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
