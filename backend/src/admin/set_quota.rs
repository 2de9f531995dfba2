//! `penguinmails admin set-quota`: overrides the quotas of a tenant's plan.

use super::{by_name, explain, operator};
use crate::{
    clock::Clock,
    db::Database,
    models::{audit::AuditEvent, quota::QuotaOverrides},
};
use anyhow::bail;
use clap::Args;
use shared::{
    audit::Action,
    quota::{QUOTA_MAX, Quota},
};

#[derive(Args)]
pub struct SetQuota {
    /// Name of the company
    #[arg(long)]
    tenant: String,
    /// Templates in each environment
    #[arg(long, value_parser = quota_value())]
    templates: Option<u64>,
    /// Contacts, in each environment
    #[arg(long, value_parser = quota_value())]
    contacts: Option<u64>,
    /// API keys that are neither revoked nor expired, in each environment
    #[arg(long, value_parser = quota_value())]
    keys: Option<u64>,
    /// Bytes of emails, templates, campaigns and contacts, in each environment
    #[arg(long, value_parser = quota_value())]
    stored_bytes: Option<u64>,
    /// Emails waiting to be sent, in each environment
    #[arg(long, value_parser = quota_value())]
    queued_emails: Option<u64>,
    /// Return to the plan's quotas, except for those given here
    #[arg(long)]
    reset: bool,
}

fn quota_value() -> clap::builder::RangedU64ValueParser<u64> {
    clap::value_parser!(u64).range(0..=QUOTA_MAX)
}

impl SetQuota {
    /// Runs the command. Returns the text to print.
    pub fn run(&self, db: &Database, clock: &Clock) -> anyhow::Result<String> {
        let given = QuotaOverrides {
            templates: self.templates.map(u64::cast_signed),
            contacts: self.contacts.map(u64::cast_signed),
            keys: self.keys.map(u64::cast_signed),
            stored_bytes: self.stored_bytes.map(u64::cast_signed),
            queued_emails: self.queued_emails.map(u64::cast_signed),
        };
        if given == QuotaOverrides::default() && !self.reset {
            bail!("specify at least one quota, such as --templates 1000, or use --reset");
        }
        let quotas = db.write_blocking(|conn| {
            let tenant = by_name(conn, &self.tenant)?;
            let id = tenant.id();
            let before = QuotaOverrides::get(conn, &id)?;
            let kept = if self.reset {
                QuotaOverrides::default()
            } else {
                before
            };
            let after = kept.updated_by(given);
            after.set(conn, &id)?;
            let event = AuditEvent {
                tenant: &id,
                actor: operator(),
                action: Action::QuotaChanged,
                subject_id: id.as_str(),
                at: clock.now_naive(),
            };
            event.record_updated(conn, &before.audited(), &after.audited())?;
            Ok(after.apply(tenant.plan()?.quotas()))
        });
        let quotas = quotas.map_err(explain)?;
        let list = Quota::ALL.map(|quota| format!("{} {}", quotas.get(quota), quota.unit()));
        Ok(format!(
            "{} may have in each environment now: {}.",
            self.tenant,
            list.join(", ")
        ))
    }
}
