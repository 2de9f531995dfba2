//! One database type for both backends: SQLite inside the binary, or PostgreSQL by URL.
//!
//! SQL lives in `models/`. This module connects, runs transactions and migrates; it knows nothing
//! about tables.

use crate::error::ApiError;
use anyhow::Context;
use diesel::{
    RunQueryDsl,
    connection::{
        AnsiTransactionManager, Connection as _, SimpleConnection, TransactionManager,
        TransactionManagerStatus,
    },
    pg::PgConnection,
    r2d2::{ManageConnection, Pool},
    sql_query,
    sql_types::Text,
    sqlite::SqliteConnection,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::{cell::RefCell, path::Path, time::Duration};

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Advisory lock that lets one process at a time migrate a PostgreSQL database.
const POSTGRES_MIGRATION_LOCK: i64 = 0x70_65_6e_67_75_69_6e;

/// Timeout for getting a connection from the pool; the request then fails with 503.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum DbConnection {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// Location of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A PostgreSQL connection URL.
    Postgres(String),
    /// The path of an SQLite file.
    Sqlite(String),
}

impl Location {
    /// Parses `--database-url`; without one, returns a file in the data directory.
    pub fn resolve(database_url: Option<&str>, data_dir: &Path) -> anyhow::Result<Self> {
        match database_url {
            None => {
                let path = data_dir.join("penguinmails.db");
                let path = path
                    .to_str()
                    .context("the data directory's path is not UTF-8")?;
                Ok(Self::Sqlite(path.to_owned()))
            }
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Ok(Self::Postgres(url.to_owned()))
            }
            Some(_) => anyhow::bail!(
                "--database-url must start with postgres:// (leave it out for SQLite in the data directory)"
            ),
        }
    }

    fn connect(&self, durability: Durability) -> diesel::ConnectionResult<DbConnection> {
        match self {
            Self::Postgres(url) => PgConnection::establish(url).map(DbConnection::Postgres),
            Self::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(path)?;
                // In WAL mode, FULL syncs to disk at each commit; NORMAL survives a killed process
                // but may lose the last commits on a power failure.
                let synchronous = match durability {
                    Durability::PowerLoss => "FULL",
                    Durability::ProcessCrash => "NORMAL",
                };
                conn.batch_execute(&format!(
                    "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; \
                     PRAGMA synchronous = {synchronous}; PRAGMA foreign_keys = ON;"
                ))
                .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
                Ok(DbConnection::Sqlite(conn))
            }
        }
    }
}

/// The failure that a commit survives.
#[derive(Debug, Clone, Copy)]
enum Durability {
    PowerLoss,
    ProcessCrash,
}

/// Opens and checks connections for a pool.
struct Manager {
    location: Location,
    durability: Durability,
}

impl ManageConnection for Manager {
    type Connection = DbConnection;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<DbConnection, Self::Error> {
        self.location
            .connect(self.durability)
            .map_err(diesel::r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, conn: &mut DbConnection) -> Result<(), Self::Error> {
        match conn {
            DbConnection::Sqlite(_) => Ok(()),
            DbConnection::Postgres(conn) => sql_query("SELECT 1")
                .execute(conn)
                .map(drop)
                .map_err(diesel::r2d2::Error::QueryError),
        }
    }

    /// Discards a returned connection whose transaction is still open because the work on it
    /// panicked.
    fn has_broken(&self, conn: &mut DbConnection) -> bool {
        std::thread::panicking()
            || match conn {
                DbConnection::Postgres(conn) => transaction_open(conn),
                DbConnection::Sqlite(conn) => transaction_open(conn),
            }
    }
}

fn transaction_open<C>(conn: &mut C) -> bool
where
    C: diesel::Connection<TransactionManager = AnsiTransactionManager>,
{
    match AnsiTransactionManager::transaction_manager_status_mut(conn) {
        TransactionManagerStatus::Valid(status) => status.transaction_depth().is_some(),
        TransactionManagerStatus::InError => true,
    }
}

/// The database, with its connection pools.
#[derive(Clone)]
pub struct Database {
    location: Location,
    readers: Pool<Manager>,
    /// SQLite has one writer at a time. With one connection, writers queue here in order instead of
    /// failing as busy.
    writer: Pool<Manager>,
    usage_writer: Pool<Manager>,
    /// Reserved for the change log: slow reports must not delay reading it.
    change_reader: Pool<Manager>,
}

impl Database {
    /// Opens the connection pools. Call [`Self::migrate`] before anything else.
    pub fn open(location: Location) -> anyhow::Result<Self> {
        let pool = |durability, size| {
            Pool::builder()
                .max_size(size)
                .min_idle(Some(1))
                .connection_timeout(CONNECTION_TIMEOUT)
                .build(Manager {
                    location: location.clone(),
                    durability,
                })
                .context("could not open the database")
        };
        let readers = pool(Durability::PowerLoss, 4)?;
        let writer = match location {
            Location::Sqlite(_) => pool(Durability::PowerLoss, 1)?,
            Location::Postgres(_) => pool(Durability::PowerLoss, 4)?,
        };
        let usage_writer = pool(Durability::ProcessCrash, 1)?;
        let change_reader = pool(Durability::PowerLoss, 1)?;
        Ok(Self {
            location,
            readers,
            writer,
            usage_writer,
            change_reader,
        })
    }

    /// Runs all pending migrations, one process at a time.
    pub fn migrate(&self) -> anyhow::Result<()> {
        let mut conn = self.location.connect(Durability::PowerLoss)?;
        match (&mut conn, &self.location) {
            (DbConnection::Sqlite(conn), Location::Sqlite(path)) => {
                let lock = std::fs::File::create(format!("{path}.migrate-lock"))?;
                lock.lock()?;
                run_migrations(conn, SQLITE_MIGRATIONS)
            }
            (DbConnection::Postgres(conn), _) => {
                // Released when this connection closes.
                sql_query(format!(
                    "SELECT pg_advisory_lock({POSTGRES_MIGRATION_LOCK})"
                ))
                .execute(conn)?;
                run_migrations(conn, POSTGRES_MIGRATIONS)
            }
            (DbConnection::Sqlite(_), Location::Postgres(_)) => {
                anyhow::bail!("connected to SQLite instead of PostgreSQL")
            }
        }
    }

    /// Reverts all migrations, for the test that each of them is reversible.
    pub fn revert_all(&self) -> anyhow::Result<()> {
        let reverted = match &mut self.location.connect(Durability::PowerLoss)? {
            DbConnection::Sqlite(conn) => conn.revert_all_migrations(SQLITE_MIGRATIONS).map(drop),
            DbConnection::Postgres(conn) => {
                conn.revert_all_migrations(POSTGRES_MIGRATIONS).map(drop)
            }
        };
        reverted.map_err(|error| anyhow::anyhow!(error))
    }

    /// Runs a read without a transaction.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut DbConnection) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let pool = self.readers.clone();
        blocking(move || work(&mut *pool.get()?)).await
    }

    /// Reads the change log on its dedicated connection.
    pub async fn read_changes<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut DbConnection) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let pool = self.change_reader.clone();
        blocking(move || work(&mut *pool.get()?)).await
    }

    /// Runs several queries on one snapshot.
    pub async fn read_snapshot<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut DbConnection) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let pool = self.readers.clone();
        blocking(move || in_transaction(&mut *pool.get()?, Begin::Snapshot, work)).await
    }

    /// Runs `work` in a transaction. It is committed and synced to disk before this returns `Ok`;
    /// an `Err` from `work` rolls it back.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut DbConnection) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let pool = self.writer.clone();
        blocking(move || in_transaction(&mut *pool.get()?, Begin::Write, work)).await
    }

    /// Blocking variant of [`Self::write`], for the command line and start-up.
    pub fn write_blocking<T>(
        &self,
        work: impl FnOnce(&mut DbConnection) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        in_transaction(&mut *self.writer.get()?, Begin::Write, work)
    }

    /// Variant of [`Self::write`] that may lose the last commits on a power failure: for counters
    /// only. Everything else that is acknowledged survives one.
    pub async fn write_usage<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut DbConnection) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let pool = self.usage_writer.clone();
        blocking(move || in_transaction(&mut *pool.get()?, Begin::Write, work)).await
    }
}

/// Takes a named lock until the end of the transaction, for work that reads before it writes. No-op
/// on SQLite, which has one writer at a time.
pub fn lock(conn: &mut DbConnection, name: &str) -> Result<(), ApiError> {
    if let DbConnection::Postgres(conn) = conn {
        sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind::<Text, _>(name)
            .execute(conn)?;
    }
    Ok(())
}

thread_local! {
    /// Callbacks to run after the commit of this thread's transaction.
    static AFTER_COMMIT: RefCell<Vec<Box<dyn FnOnce()>>> = const { RefCell::new(Vec::new()) };
}

/// Runs `work` after the current transaction is committed. It is dropped on rollback.
pub fn after_commit(work: impl FnOnce() + 'static) {
    AFTER_COMMIT.with_borrow_mut(|queue| queue.push(Box::new(work)));
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(ApiError::internal)?
}

/// The kind of transaction to begin.
#[derive(Debug, Clone, Copy)]
enum Begin {
    Write,
    Snapshot,
}

impl Begin {
    const fn sqlite(self) -> &'static str {
        match self {
            // A deferred transaction that reads before it writes fails as busy if another process
            // wrote in between; an immediate one waits for its turn first.
            Self::Write => "BEGIN IMMEDIATE",
            Self::Snapshot => "BEGIN DEFERRED",
        }
    }

    const fn postgres(self) -> &'static str {
        match self {
            Self::Write => "BEGIN",
            Self::Snapshot => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }
}

fn in_transaction<T>(
    conn: &mut DbConnection,
    begin: Begin,
    work: impl FnOnce(&mut DbConnection) -> Result<T, ApiError>,
) -> Result<T, ApiError> {
    // Clear callbacks left by a transaction that panicked.
    AFTER_COMMIT.take();
    match conn {
        DbConnection::Sqlite(conn) => {
            AnsiTransactionManager::begin_transaction_sql(conn, begin.sqlite())?;
        }
        DbConnection::Postgres(conn) => {
            AnsiTransactionManager::begin_transaction_sql(conn, begin.postgres())?;
        }
    }
    let result = work(conn);
    let ended = match (conn, result.is_ok()) {
        (DbConnection::Sqlite(conn), true) => AnsiTransactionManager::commit_transaction(conn),
        (DbConnection::Sqlite(conn), false) => AnsiTransactionManager::rollback_transaction(conn),
        (DbConnection::Postgres(conn), true) => AnsiTransactionManager::commit_transaction(conn),
        (DbConnection::Postgres(conn), false) => AnsiTransactionManager::rollback_transaction(conn),
    };
    let queue = AFTER_COMMIT.take();
    let value = result?;
    ended?;
    for work in queue {
        work();
    }
    Ok(value)
}

fn run_migrations<C>(conn: &mut C, migrations: EmbeddedMigrations) -> anyhow::Result<()>
where
    C: MigrationHarness<C::Backend> + diesel::Connection + diesel::migration::MigrationConnection,
{
    let applied = conn
        .run_pending_migrations(migrations)
        .map_err(|error| anyhow::anyhow!(error))?;
    if !applied.is_empty() {
        tracing::info!(count = applied.len(), "applied migrations");
    }
    Ok(())
}
