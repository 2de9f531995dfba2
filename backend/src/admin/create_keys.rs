//! `penguinmails admin create-keys`: creates many keys, hashed in parallel on all cores.

use super::{COMMAND_LINE, by_name, explain, operator};
use crate::{
    clock::Clock,
    db::Database,
    keys::{format::PlainKey, mint::Minted, secret::SecretKeys},
    models::{
        api_key::{ApiKey, Creator},
        audit::AuditEvent,
    },
};
use anyhow::Context;
use clap::Args;
use shared::{
    audit::Action,
    ids::TenantId,
    key::{CreateKey, Environment},
    scope::Scope,
};
use std::{io::Write, path::PathBuf};

/// Keys that one transaction inserts.
const BATCH_SIZE: usize = 1000;

#[derive(Args)]
pub struct CreateKeys {
    /// Name of the company
    #[arg(long)]
    tenant: String,
    /// Number of keys to create
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    count: u32,
    /// Environment of the keys: live or test
    #[arg(long)]
    environment: Environment,
    /// Permissions of the keys, separated by commas
    #[arg(long, value_delimiter = ',', required = true)]
    scopes: Vec<Scope>,
    /// New file for the plaintext keys, one per line
    #[arg(long)]
    out: PathBuf,
}

impl CreateKeys {
    /// Creates the keys. Returns the text to print.
    pub fn run(
        &self,
        db: &Database,
        secrets: &SecretKeys,
        bcrypt_cost: u32,
        clock: &Clock,
    ) -> anyhow::Result<String> {
        let tenant_id = db
            .write_blocking(|conn| Ok(by_name(conn, &self.tenant)?.id()))
            .map_err(explain)?;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(&self.out)
            .with_context(|| format!("could not create {}", self.out.display()))?;
        let mut file = std::io::BufWriter::new(file);
        let numbers: Vec<u32> = (1..=self.count).collect();
        for chunk in numbers.chunks(BATCH_SIZE) {
            let made = on_every_core(chunk, |number| {
                let minted = Minted::new(self.environment, false, secrets, bcrypt_cost)?;
                Ok(self.key(*number, minted, &tenant_id, clock))
            })?;
            // The file is written first: a key in the database without its plaintext is worse than
            // a line that does not work.
            for (plain, _) in &made {
                writeln!(file, "{}", plain.expose())?;
            }
            file.flush()?;
            store(db, &tenant_id, &made).map_err(explain)?;
        }
        Ok(format!(
            "Wrote {} keys to {}.",
            self.count,
            self.out.display()
        ))
    }

    fn key(
        &self,
        number: u32,
        minted: Minted,
        tenant_id: &TenantId,
        clock: &Clock,
    ) -> (PlainKey, ApiKey) {
        let form = CreateKey {
            name: format!("Key {number}"),
            description: String::new(),
            environment: self.environment,
            permissions: self.scopes.clone(),
            expires_at: None,
            expires_in_days: None,
            ip_allowlist: Vec::new(),
            recoverable: false,
        };
        let creator = Creator {
            kind: "user",
            id: String::new(),
            email: COMMAND_LINE.to_owned(),
        };
        let plain = minted.plain.clone();
        (
            plain,
            ApiKey::new(minted, tenant_id, form, creator, clock.now()),
        )
    }
}

fn store(
    db: &Database,
    tenant_id: &TenantId,
    made: &[(PlainKey, ApiKey)],
) -> Result<(), crate::error::ApiError> {
    db.write_blocking(|conn| {
        for (_, row) in made {
            row.insert(conn)?;
            let event = AuditEvent {
                tenant: tenant_id,
                actor: operator(),
                action: Action::KeyCreated,
                subject_id: &row.id,
                at: row.created_at,
            };
            event.record_created(conn, &row.audited())?;
        }
        Ok(())
    })
}

/// Runs `work` on each item, spread over all cores.
fn on_every_core<I: Sync, T: Send>(
    items: &[I],
    work: impl Fn(&I) -> anyhow::Result<T> + Sync,
) -> anyhow::Result<Vec<T>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let done = std::thread::scope(|scope| {
        let parts = items.chunks(items.len().div_ceil(threads));
        let threads: Vec<_> = parts
            .map(|part| scope.spawn(|| part.iter().map(&work).collect::<Result<Vec<_>, _>>()))
            .collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread
                .join()
                .unwrap_or_else(|_| Err(anyhow::anyhow!("a thread panicked")))
        };
        threads.into_iter().map(join).collect::<Result<Vec<_>, _>>()
    });
    Ok(done?.into_iter().flatten().collect())
}
