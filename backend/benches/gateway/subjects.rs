//! Subjects of the gateway benchmark: a bare handler, the gateway's layers, the whole server.

use actix_web::{App, HttpResponse, HttpServer, web};
use backend::{
    clock::Clock,
    config::ServeSettings,
    gateway::caller::ApiCaller,
    keys::{format::PlainKey, mint::Minted, secret::SecretKeys},
    middleware::{RequestMiddleware, require_api_key::RequireApiKey},
    models::{
        api_key::{ApiKey, Creator},
        tenant::Tenant,
    },
    server,
    state::AppState,
};
use clap::Parser;
use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};
use shared::{
    ids::TenantId,
    key::{CreateKey, Environment},
    operation::Whoami,
    plan::{Plan, PlanLimits},
    scope::Scope,
};
use std::{
    net::{SocketAddr, TcpListener},
    sync::mpsc,
};

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    serve: ServeSettings,
}

/// A running server with its own database, and one tenant with practically unlimited rates.
pub struct Gateway {
    pub addr: SocketAddr,
    pub state: web::Data<AppState>,
    /// Keys that are not in the server's cache yet.
    pub keys: Vec<String>,
    /// Database row of the first key.
    row: ApiKey,
    _data: tempfile::TempDir,
}

impl Gateway {
    /// Starts an unmodified server with `count` keys.
    pub fn start(count: usize, flags: &[&str]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let args = ["bench", "--data-dir", data.path().to_str().unwrap()];
        let settings = Arguments::parse_from(args.iter().chain(flags)).serve;
        let clock = Clock::system();
        let (db, secrets) = server::open(&settings.storage, &clock).unwrap();
        let tenant_id = TenantId::new("ten_bench");
        let cost = settings.storage.bcrypt_cost;
        let made: Vec<_> = (0..count)
            .map(|_| new_key(&tenant_id, &secrets, cost, &clock))
            .collect();
        let limits = PlanLimits {
            rate_per_minute: 100_000_000,
            burst: 100_000_000,
        };
        db.write_blocking(|conn| {
            let (id, now) = (tenant_id.clone(), clock.now_naive());
            Tenant::new(id, "bench", Plan::Enterprise, false, now).insert(conn)?;
            Tenant::set_limits(conn, &tenant_id, limits)?;
            made.iter().try_for_each(|(_, row)| row.insert(conn))
        })
        .unwrap();
        let (sender, receiver) = mpsc::channel();
        let addr = in_thread(move |listener| async move {
            let running = server::start(&settings, listener, db, secrets, clock).unwrap();
            sender.send(running.state.clone()).unwrap();
            std::future::pending::<()>().await;
        });
        Self {
            addr,
            state: receiver.recv().unwrap(),
            keys: made
                .iter()
                .map(|(plain, _)| plain.expose().to_owned())
                .collect(),
            row: made[0].1.clone(),
            _data: data,
        }
    }

    /// Adds keys to the cache as if this process had just created them. Skips their bcrypt
    /// hashes, which would take minutes and are never read.
    pub fn add_trusted_keys(&mut self, count: usize) {
        let minted = (0..count).map(|_| PlainKey::mint(Environment::Live, &self.state.secrets));
        let minted: Vec<_> = minted.map(Result::unwrap).collect();
        let insert = |conn: &mut _, key: &PlainKey| {
            let parts = key.parts().unwrap();
            self.state.keys.insert_verified(&parts);
            let id = parts.id().to_string();
            let row = ApiKey {
                lineage_id: id.clone(),
                id,
                mask_suffix: parts.mask_suffix(),
                ..self.row.clone()
            };
            row.insert(conn)
        };
        let db = &self.state.db;
        db.write_blocking(|conn| minted.iter().try_for_each(|key| insert(conn, key)))
            .unwrap();
        let texts = minted.iter().map(|key| key.expose().to_owned());
        self.keys.extend(texts);
    }
}

fn new_key(
    tenant_id: &TenantId,
    secrets: &SecretKeys,
    bcrypt_cost: u32,
    clock: &Clock,
) -> (PlainKey, ApiKey) {
    let form = CreateKey {
        name: "Bench".to_owned(),
        description: String::new(),
        environment: Environment::Live,
        permissions: vec![Scope::ContactsRead, Scope::AnalyticsRead],
        expires_at: None,
        expires_in_days: None,
        ip_allowlist: vec!["127.0.0.0/8".into()],
        recoverable: false,
    };
    let minted = Minted::new(form.environment, false, secrets, bcrypt_cost).unwrap();
    let plain = minted.plain.clone();
    let creator = Creator::default();
    (
        plain,
        ApiKey::new(minted, tenant_id, form, creator, clock.now()),
    )
}

/// Creates an empty database on the tests' PostgreSQL server, if there is one.
pub fn postgres_url() -> Option<String> {
    let server = std::env::var("PENGUINMAILS_TEST_DATABASE_URL").ok()?;
    let name = format!("bench_{}", std::process::id());
    let mut conn = PgConnection::establish(&server).unwrap();
    sql_query(format!("CREATE DATABASE {name}"))
        .execute(&mut conn)
        .unwrap();
    let (host, _) = server.rsplit_once('/').unwrap();
    Some(format!("{host}/{name}"))
}

/// Serves an application on one worker in its own thread.
macro_rules! serve {
    ($app:expr) => {
        in_thread(move |listener| async move {
            HttpServer::new(move || $app)
                .workers(1)
                .disable_signals()
                .listen(listener)
                .unwrap()
                .run()
                .await
                .unwrap();
        })
    };
}

/// Serves a handler without middleware.
pub fn bare(body: &'static str) -> SocketAddr {
    serve!(App::new().route(
        "/v1/whoami",
        web::get().to(move || async move { answer(body) })
    ))
}

/// Adds the key check: authentication, status and IP allowlist.
pub fn with_key_check(state: web::Data<AppState>, body: &'static str) -> SocketAddr {
    serve!({
        let handler = web::get().to(move || async move { answer(body) });
        App::new().app_data(state.clone()).service(
            web::scope("/v1")
                .wrap(RequireApiKey)
                .route("/whoami", handler),
        )
    })
}

/// Also adds the scope check and rate limits.
pub fn with_limits(state: web::Data<AppState>, body: &'static str) -> SocketAddr {
    serve!({
        let handler = web::get().to(move |_: ApiCaller<Whoami>| async move { answer(body) });
        App::new().app_data(state.clone()).service(
            web::scope("/v1")
                .wrap(RequireApiKey)
                .route("/whoami", handler),
        )
    })
}

/// Also adds usage recording, the request id and all response headers.
pub fn with_record(state: web::Data<AppState>, body: &'static str) -> SocketAddr {
    serve!({
        let handler = web::get().to(move |_: ApiCaller<Whoami>| async move { answer(body) });
        App::new()
            .app_data(state.clone())
            .wrap(RequestMiddleware(state.clone()))
            .service(
                web::scope("/v1")
                    .wrap(RequireApiKey)
                    .route("/whoami", handler),
            )
    })
}

fn answer(body: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(body)
}

fn in_thread<F: Future<Output = ()>>(
    serve: impl FnOnce(TcpListener) -> F + Send + 'static,
) -> SocketAddr {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        sender.send(listener.local_addr().unwrap()).unwrap();
        actix_web::rt::System::new().block_on(serve(listener));
    });
    receiver.recv().unwrap()
}
