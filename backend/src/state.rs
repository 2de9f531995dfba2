//! Everything that requests share.

use crate::{
    auth::{login_limits::LoginLimits, password::Passwords, refusal_log::Refusals},
    clock::Clock,
    config::{PublicUrl, RetentionSettings, ServeSettings},
    connections::Connections,
    db::Database,
    docs::Docs,
    error::ApiError,
    gateway::{
        guess_limiter::{GuessLimiter, GuessRate},
        violations::Violations,
    },
    keys::{cache::KeyCache, format::PlainKey, mint::Minted, secret::SecretKeys},
    live::Live,
    mail::Mail,
    metrics::Metrics,
    request::{body::BodyMemory, id::RequestIds},
    routes::tenant::UsageQuery,
    tenants::Tenants,
    usage::{
        answers::Answers, rate_history::RateHistory, recorder::Recorder, request_log::RequestLog,
    },
};
use actix_web::{HttpRequest, web};
use ipnet::IpNet;
use shared::{
    ids::{KeyId, TenantId},
    key::Environment,
    live::LiveEvent,
};
use std::{sync::Arc, time::Duration};

/// The state of the server.
pub struct AppState {
    /// What time it is.
    pub clock: Clock,
    /// The database.
    pub db: Database,
    /// The secret keys.
    pub secrets: Arc<SecretKeys>,
    /// bcrypt work factor for new keys.
    pub bcrypt_cost: u32,
    /// The keys seen so far.
    pub keys: KeyCache,
    /// The rate limits of the tenants seen so far.
    pub tenants: Arc<Tenants>,
    /// The request counters.
    pub recorder: Recorder,
    /// What the rate limits decided, until it is written.
    pub rate_history: RateHistory,
    /// Single requests that wait to be written.
    pub request_log: RequestLog,
    /// Held while these three are written.
    pub flushing: tokio::sync::Mutex<()>,
    /// What was asked about usage just before.
    pub usage_answers: Answers<UsageQuery>,
    /// Mails on their way out.
    pub mail: Mail,
    /// The event streams of open dashboards.
    pub live: Live,
    /// Failures with API keys, by network.
    pub failed_keys: GuessLimiter,
    /// Keys used from addresses that are not on their list.
    pub violations: Violations,
    /// Limits on what users change or have computed in the dashboard.
    pub dashboard_calls: GuessLimiter,
    /// Limits on guessing passwords.
    pub login_limits: LoginLimits,
    /// Refused sign-ins and calls that are still to be reported.
    pub refusals: Refusals,
    /// Password hashing.
    pub passwords: Passwords,
    /// The one-time set-up link's token, while there are no users.
    pub setup_token: parking_lot::Mutex<Option<String>>,
    /// Counters of the process.
    pub metrics: Metrics,
    /// Open connections.
    pub connections: Arc<Connections>,
    /// Time in which a request's body must have arrived.
    pub body_timeout: Duration,
    /// Memory of the bodies that are being received.
    pub body_memory: BodyMemory,
    /// Where request ids come from.
    pub request_ids: RequestIds,
    /// The published documentation.
    pub docs: Docs,
    /// How browsers reach the server.
    pub public_url: PublicUrl,
    /// For how long data is kept.
    pub retention: RetentionSettings,
    /// The `Strict-Transport-Security` header, on https.
    pub hsts: Option<&'static str>,
    /// Whether only this machine can connect.
    pub listens_on_loopback: bool,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether `/metrics` has an address of its own.
    pub metrics_elsewhere: bool,
    /// Whether every request is logged.
    pub access_log: bool,
}

/// Failing API keys of one network. A valid key takes no token and is never slowed down.
const FAILED_KEYS: GuessRate = GuessRate {
    burst: 60,
    per_minute: 30,
};

/// Calls of one user in the dashboard that change something or compute, such as rating a
/// password. Each may add to the audit log, so that nobody can flood it.
const DASHBOARD_CALLS: GuessRate = GuessRate {
    burst: 240,
    per_minute: 60,
};

impl AppState {
    /// Puts the parts together.
    pub fn new(
        settings: &ServeSettings,
        db: Database,
        secrets: SecretKeys,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let public_url = settings.public_url()?;
        let keys = KeyCache::new()?;
        let metrics = Metrics::default();
        // Nothing is cached yet.
        keys.confirm(clock.monotonic());
        Ok(Self {
            db,
            secrets: Arc::new(secrets),
            bcrypt_cost: settings.storage.bcrypt_cost,
            keys,
            tenants: Arc::new(Tenants::new(clock.clone())),
            recorder: Recorder::default(),
            rate_history: RateHistory::default(),
            request_log: RequestLog::default(),
            flushing: tokio::sync::Mutex::default(),
            usage_answers: Answers::default(),
            mail: Mail::new(settings, &clock)?,
            live: Live::default(),
            failed_keys: GuessLimiter::new(FAILED_KEYS, clock.clone()),
            violations: Violations::default(),
            dashboard_calls: GuessLimiter::new(DASHBOARD_CALLS, clock.clone()),
            login_limits: LoginLimits::new(&clock),
            refusals: Refusals::default(),
            passwords: Passwords::start()?,
            setup_token: parking_lot::Mutex::new(None),
            connections: Arc::new(Connections::new(settings, &metrics, clock.clone())),
            body_timeout: Duration::from_secs(settings.body_timeout),
            body_memory: BodyMemory::default(),
            metrics,
            request_ids: RequestIds::new()?,
            docs: Docs::new(&public_url.origin),
            hsts: settings.hsts()?,
            public_url,
            retention: settings.retention,
            listens_on_loopback: settings.addr.ip().is_loopback(),
            trusted_proxies: settings.trusted_proxies.clone(),
            metrics_elsewhere: settings.metrics_addr.is_some(),
            access_log: settings.access_log,
            clock,
        })
    }

    /// The state that the request's application was given.
    pub fn of(request: &HttpRequest) -> Result<&web::Data<Self>, ApiError> {
        request
            .app_data()
            .ok_or_else(|| ApiError::internal("the application has no state"))
    }
}

impl AppState {
    /// To be called after a change of a key was committed and before it is
    /// answered: the next request sees it, and so do open dashboards.
    pub fn key_changed(&self, tenant: &TenantId, id: &KeyId) {
        self.keys.forget(id);
        self.live.send(tenant, LiveEvent::KeysChanged);
    }

    /// As [`Self::key_changed`] for several keys that were changed together.
    pub fn keys_changed(&self, tenant: &TenantId, ids: &[KeyId]) {
        for id in ids {
            self.keys.forget(id);
        }
        self.live.send(tenant, LiveEvent::KeysChanged);
    }

    /// Mints a key on the blocking thread pool.
    pub async fn mint_key(
        &self,
        environment: Environment,
        recoverable: bool,
    ) -> Result<Minted, ApiError> {
        let secrets = self.secrets.clone();
        let cost = self.bcrypt_cost;
        web::block(move || Minted::new(environment, recoverable, &secrets, cost))
            .await
            .map_err(ApiError::internal)?
            .map_err(ApiError::internal)
    }

    /// As [`Self::key_changed`] for a key that was just made: its first use then
    /// needs no bcrypt.
    pub fn key_created(&self, tenant: &TenantId, key: &PlainKey) {
        if let Some(parts) = key.parts() {
            self.keys.trust(&parts);
            self.key_changed(tenant, &parts.id());
        }
    }
}
