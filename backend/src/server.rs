//! Start-up and graceful shutdown.

use crate::{
    clock::Clock,
    config::{ServeSettings, StorageSettings},
    connections::raise_file_limit,
    db::Database,
    demo,
    docs::OpenApi,
    jobs::Jobs,
    keys::secret::SecretKeys,
    mail::transport::MailTransport,
    middleware::RequestMiddleware,
    models::{
        backfill,
        secret_key::{self, SecretKeyMatch},
        tenant::Tenant,
        usage,
        user::User,
    },
    openapi,
    random::random_base62,
    router,
    routes::ops,
    state::AppState,
};
use actix_web::{App, HttpServer, dev::ServerHandle, web};
use anyhow::{Context, bail};
use shared::role::Role;
use std::{
    io::Write,
    net::{SocketAddr, TcpListener},
    sync::atomic::Ordering,
    time::Duration,
};
use tokio::signal::unix::{SignalKind, signal};

/// Time that pending requests get on shutdown, in seconds.
const DRAIN_SECS: u64 = 10;
const OPENAPI: OpenApi = OpenApi {
    public: openapi::document,
    management: openapi::management_document,
};
/// Timeout for receiving a request's head.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens and migrates the database, and checks that it matches the configured secret keys.
pub fn open(settings: &StorageSettings, clock: &Clock) -> anyhow::Result<(Database, SecretKeys)> {
    settings.prepare_data_dir()?;
    let db = Database::open(settings.location()?)?;
    db.migrate().context("could not migrate the database")?;
    backfill::fold_texts(&db, clock.now_naive())
        .map_err(|error| anyhow::anyhow!(error))
        .context("could not fold texts for searching")?;
    usage::split_by_environment(&db)
        .map_err(|error| anyhow::anyhow!(error))
        .context("could not split usage counts by environment")?;
    refuse_lost_secret(settings, &db)?;
    let secrets = settings.secret_keys()?;
    let configured = secrets.check_values();
    let now = clock.now_naive();
    let fit = db.write_blocking(|conn| secret_key::reconcile(conn, &configured, now))?;
    if fit == SecretKeyMatch::Missing {
        bail!(
            "the secret key does not belong to this database, so no API key \
             would work. Restore the old secret (PENGUINMAILS_SECRET_KEY, --secret-key-file or \
             secret.key in the data directory); a new one can be added in front of it, one per line"
        );
    }
    Ok((db, secrets))
}

/// Returns an error instead of generating a secret key for a database that was created with another
/// one.
fn refuse_lost_secret(settings: &StorageSettings, db: &Database) -> anyhow::Result<()> {
    // Checked first: a process that starts at the same time writes the file before the row.
    let has_secret = db.write_blocking(secret_key::is_any_known)?;
    if let Some(file) = settings.generated_secret_file()
        && has_secret
        && !file.exists()
    {
        bail!(
            "the secret key of this database is missing: there is no {}, and neither \
             PENGUINMAILS_SECRET_KEY nor --secret-key-file is set. Without it no API key works, \
             so no new one was generated. Restore the old secret from its backup",
            file.display()
        );
    }
    Ok(())
}

/// A running server.
pub struct Running {
    /// IP address and port that it listens on.
    pub addr: SocketAddr,
    pub state: web::Data<AppState>,
    /// Stops the HTTP server only; use `Running::stop` for a graceful shutdown.
    handle: ServerHandle,
    server: tokio::task::JoinHandle<std::io::Result<()>>,
    jobs: Jobs,
}

/// Starts a server on a bound socket.
pub fn start(
    settings: &ServeSettings,
    listener: TcpListener,
    db: Database,
    secrets: SecretKeys,
    clock: Clock,
) -> anyhow::Result<Running> {
    let addr = listener.local_addr()?;
    let state = web::Data::new(AppState::new(settings, db, secrets, clock, OPENAPI)?);
    let shared = state.clone();
    let mut server = HttpServer::new(move || {
        App::new()
            .app_data(shared.clone())
            .wrap(RequestMiddleware(shared.clone()))
            .configure(router::configure)
    })
    .on_connect({
        let connections = state.connections.clone();
        move |io, data| connections.on_connect(io, data)
    })
    .client_request_timeout(CLIENT_TIMEOUT)
    .shutdown_timeout(DRAIN_SECS)
    .disable_signals();
    if let Some(workers) = settings.workers {
        server = server.workers(workers);
    }
    if let Some(metrics_addr) = settings.metrics_addr {
        let shared = state.clone();
        let metrics = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .route("/metrics", web::get().to(ops::metrics_on_own_listener))
        });
        let metrics = metrics.workers(1).disable_signals().bind(metrics_addr);
        let metrics = metrics.with_context(|| format!("could not listen on {metrics_addr}"))?;
        actix_web::rt::spawn(metrics.run());
    }
    let server = server.listen(listener)?.run();
    let handle = server.handle();
    let jobs = Jobs::spawn(&state, MailTransport::new(settings)?);
    Ok(Running {
        addr,
        state,
        handle,
        server: actix_web::rt::spawn(server),
        jobs,
    })
}

impl Running {
    /// Shuts down gracefully: refuses new connections, closes event streams, finishes pending
    /// requests and emails within ten seconds, and flushes the counters.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.jobs.stop();
        self.state.live.close();
        self.handle.stop(true).await;
        self.server.await??;
        self.jobs.finish(&self.state).await;
        Ok(())
    }
}

/// Serves until the process receives a termination signal.
pub async fn serve(settings: &ServeSettings, clock: Clock) -> anyhow::Result<()> {
    let public_url = settings.public_url()?;
    let (db, secrets) = open(&settings.storage, &clock)?;
    if settings.demo {
        demo::create_if_empty(&db, &secrets, settings.storage.bcrypt_cost, &clock).await?;
    }
    let is_demo = db.read(Tenant::any_demo).await?;
    let loopback = settings.addr.ip().is_loopback() && public_url.loopback;
    if is_demo && !loopback && !settings.allow_public_demo {
        bail!(
            "this database has demonstration users with known passwords. Serve it on a loopback \
             address, or add --allow-public-demo if this is intended"
        );
    }
    let listener = TcpListener::bind(settings.addr)
        .with_context(|| format!("could not listen on {}", settings.addr))?;
    listener.set_nonblocking(true)?;
    raise_file_limit(settings.max_connections);
    let running = start(settings, listener, db, secrets, clock)?;
    print_banner(&running, is_demo).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("stopping");
    running.stop().await?;
    tracing::info!("stopped");
    Ok(())
}

/// Prints the next steps for the operator.
async fn print_banner(running: &Running, is_demo: bool) -> anyhow::Result<()> {
    let origin = &running.state.public_url.origin;
    let users = running.state.db.read(User::count).await?;
    let mut console = std::io::stdout().lock();
    writeln!(console, "\nPenguinMails is at {origin}\n")?;
    if users == 0 {
        let token = random_base62(43)?;
        writeln!(console, "Create the first account with this one-time link:")?;
        writeln!(console, "  {origin}/setup#token={token}\n")?;
        *running.state.setup_token.lock() = Some(token);
    }
    running.state.is_demo.store(is_demo, Ordering::Relaxed);
    if is_demo {
        writeln!(
            console,
            "This is a demonstration with generated data. Sign in as one of"
        )?;
        for role in Role::ALL.iter().rev() {
            writeln!(console, "  {}", shared::demo::email(*role))?;
        }
        writeln!(console, "with the password {}\n", shared::demo::PASSWORD)?;
    }
    console.flush()?;
    Ok(())
}
