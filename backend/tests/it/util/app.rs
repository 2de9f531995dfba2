//! A server for a test.

use super::{
    http::{Request, agent},
    personas::{Key, Session, password_hash},
};
use actix_web::{rt::System, web};
use backend::{
    auth::refusals,
    clock::Clock,
    config::{ServeSettings, StorageSettings},
    error::ApiError,
    jobs::flush_usage,
    models::{tenant::Tenant, user::User},
    server,
    state::AppState,
};
use chrono::{DateTime, TimeDelta, Utc};
use clap::Parser;
use diesel::{Connection, RunQueryDsl, pg::PgConnection, sql_query};
use serde_json::Value;
use shared::{
    ids::{TenantId, UserId},
    plan::Plan,
    role::Role,
};
use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread::JoinHandle,
};
use tokio::sync::oneshot;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    settings: ServeSettings,
}

/// Server in `PENGUINMAILS_TEST_DATABASE_URL`, if set.
#[expect(
    clippy::disallowed_methods,
    reason = "a setting of the tests, not of the server"
)]
fn postgres() -> Option<String> {
    std::env::var("PENGUINMAILS_TEST_DATABASE_URL").ok()
}

/// An empty data directory, and on PostgreSQL a database. Both are removed on drop.
pub struct Place {
    dir: tempfile::TempDir,
    database: Option<(String, String)>,
}

static NEXT_DATABASE: AtomicU32 = AtomicU32::new(0);

impl Place {
    pub fn new() -> Self {
        let database = postgres().map(|server| {
            let number = NEXT_DATABASE.fetch_add(1, Ordering::Relaxed);
            let name = format!("it_{}_{number}", std::process::id());
            let mut conn = PgConnection::establish(&server).expect("PostgreSQL is there");
            sql_query(format!("CREATE DATABASE {name}"))
                .execute(&mut conn)
                .expect("creates a database");
            (server, name)
        });
        Self {
            dir: tempfile::tempdir().expect("creates a directory"),
            database,
        }
    }

    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub fn is_sqlite(&self) -> bool {
        self.database.is_none()
    }

    /// Returns the flags that make a server use this place.
    pub fn flags(&self) -> Vec<String> {
        let mut flags = vec!["--data-dir".into(), self.dir().display().to_string()];
        if let Some((server, name)) = &self.database {
            let host = server
                .rsplit_once('/')
                .map_or(server.as_str(), |(host, _)| host);
            flags.extend(["--database-url".into(), format!("{host}/{name}")]);
        }
        flags
    }

    pub fn settings(&self, addr: SocketAddr, more: &[&str]) -> ServeSettings {
        let addr = [
            "serve",
            "--workers",
            "2",
            "--bcrypt-cost",
            "4",
            "--addr",
            &addr.to_string(),
        ]
        .map(str::to_owned);
        let more = more.iter().map(|flag| (*flag).to_owned());
        let all = addr.into_iter().chain(self.flags()).chain(more);
        Arguments::parse_from(all).settings
    }

    pub fn storage(&self) -> StorageSettings {
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 1));
        self.settings(nowhere, &[]).storage
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.database
            && let Ok(mut conn) = PgConnection::establish(server)
        {
            let _ = sql_query(format!("DROP DATABASE {name} WITH (FORCE)")).execute(&mut conn);
        }
    }
}

/// Time at which the clock of every test starts.
pub fn start_of_time() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).expect("is a time")
}

/// A server that is listening.
pub struct TestApp {
    pub addr: SocketAddr,
    pub url: String,
    pub state: web::Data<AppState>,
    pub clock: Clock,
    /// Company that the server starts with.
    pub tenant: TenantId,
    pub agent: ureq::Agent,
    more: Vec<String>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    pub place: Arc<Place>,
}

impl TestApp {
    /// Starts with one company on the Professional plan, and a user in each role.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Like [`Self::start`], with additional flags.
    pub fn start_with(more: &[&str]) -> Self {
        let mut app = Self::start_empty(more);
        app.tenant = app.add_tenant("acme", Plan::Professional);
        app
    }

    /// Starts without users.
    pub fn start_empty(more: &[&str]) -> Self {
        let clock = Clock::stepped(start_of_time());
        let more = more.iter().map(|flag| (*flag).to_owned()).collect();
        Self::launch(Arc::new(Place::new()), clock, more)
    }

    fn launch(place: Arc<Place>, clock: Clock, more: Vec<String>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("binds");
        listener.set_nonblocking(true).expect("does not block");
        let addr = listener.local_addr().expect("has an address");
        let flags: Vec<_> = more.iter().map(String::as_str).collect();
        let settings = place.settings(addr, &flags);
        let (stop, stopped) = oneshot::channel();
        let (ready, started) = mpsc::channel();
        let its_clock = clock.clone();
        let thread = std::thread::spawn(move || {
            System::new().block_on(async move {
                let (db, secrets) = server::open(&settings.storage, &its_clock).expect("opens");
                let running = server::start(&settings, listener, db, secrets, its_clock);
                let running = running.expect("starts");
                let _ = ready.send(running.state.clone());
                let _ = stopped.await;
                running.stop().await.expect("stops");
            });
        });
        Self {
            addr,
            url: format!("http://{addr}"),
            state: started.recv().expect("the server starts"),
            clock,
            tenant: TenantId::new("ten_none"),
            agent: agent(),
            more,
            stop: Some(stop),
            thread: Some(thread),
            place,
        }
    }

    /// Starts a second server on the same data.
    pub fn another(&self) -> Self {
        let mut other = Self::launch(self.place.clone(), self.clock.clone(), self.more.clone());
        other.tenant = self.tenant.clone();
        other
    }

    /// Shuts the server down, and starts it again on the same data.
    pub fn restart(mut self) -> Self {
        self.shut_down();
        let mut next = Self::launch(self.place.clone(), self.clock.clone(), self.more.clone());
        next.tenant = self.tenant.clone();
        next
    }

    fn shut_down(&mut self) {
        // Shutdown would wait for idle connections.
        self.agent = agent();
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
            && !std::thread::panicking()
        {
            panic!("the server panicked");
        }
    }

    /// Advances the server's clock.
    pub fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// Writes to the database directly.
    pub fn write<T>(
        &self,
        work: impl FnOnce(&mut backend::db::DbConnection) -> Result<T, ApiError>,
    ) -> T {
        self.state.db.write_blocking(work).expect("writes")
    }

    /// Adds a company with a user in each role: `owner@NAME.test` and so on.
    pub fn add_tenant(&self, name: &str, plan: Plan) -> TenantId {
        let now = self.clock.now_naive();
        let id = TenantId::new(format!("ten_{name}"));
        let tenant = Tenant::new(id.clone(), name, plan, false, now);
        self.write(|conn| {
            tenant.insert(conn)?;
            for role in Role::ALL {
                let user_id = UserId::new(format!("usr_{name}_{}", role.as_str()));
                let email = format!("{}@{name}.test", role.as_str());
                let hash = password_hash();
                User::new(user_id, &id, &email, role.label(), role, hash, now).insert(conn)?;
            }
            Ok(())
        });
        id
    }

    /// Prepares a request without credentials.
    pub fn request(&self, method: &str, path: &str) -> Request<'_> {
        Request::new(&self.agent, method, &format!("{}{path}", self.url))
    }

    /// Prepares a request from a dashboard without a session.
    pub fn browser(&self, method: &str, path: &str) -> Request<'_> {
        self.request(method, path).header("Origin", &self.url)
    }

    /// Signs in as the user with this role in the first company.
    #[track_caller]
    pub fn sign_in(&self, role: Role) -> Session<'_> {
        Session::sign_in(self, &format!("{}@acme.test", role.as_str()))
    }

    /// Creates a key of the first company as its owner.
    #[track_caller]
    pub fn key(&self, permissions: &[&str]) -> Key<'_> {
        self.key_from(&serde_json::json!({
            "name": "Test", "environment": "live", "permissions": permissions
        }))
    }

    /// Creates a key of the first company as its owner, from a request body.
    #[track_caller]
    pub fn key_from(&self, form: &Value) -> Key<'_> {
        self.sign_in(Role::Owner).with_sudo().create_key(form)
    }

    /// Writes buffered usage and log entries immediately.
    pub fn flush(&self) {
        let flushed = super::block_on(flush_usage::flush(&self.state));
        flushed.expect("writes what was counted");
        let flushed = super::block_on(refusals::flush(&self.state));
        flushed.expect("writes what was refused");
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.shut_down();
    }
}
