//! The state shared by all requests.

use crate::{
    auth::{login_limits::LoginLimits, password::Passwords, refusal_log::Refusals},
    clock::Clock,
    config::{PublicUrl, RetentionSettings, ServeSettings},
    connections::Connections,
    db::Database,
    docs::{Docs, OpenApi},
    error::ApiError,
    gateway::ip_violation_log::IpViolationLog,
    idempotency::in_flight::InFlightKeys,
    keys::{cache::KeyCache, format::PlainKey, mint::Minted, secret::SecretKeys},
    live::Live,
    mail::{Mail, links::Links},
    metrics::Metrics,
    middleware::{body::BodyMemory, request_id::RequestIds},
    rate_limit::guess_limiter::{GuessLimiter, GuessRate},
    tenants::Tenants,
    usage::{
        query::UsageQuery,
        recorder::{Recorder, Unflushed},
        request_log::RequestLog,
        response_cache::ResponseCache,
    },
};
use actix_web::{HttpRequest, web};
use ipnet::IpNet;
use shared::{
    ids::{KeyId, TenantId},
    key::Environment,
    live::LiveEvent,
};
use std::{sync::Arc, sync::atomic::AtomicBool, time::Duration};

/// Shared state of the server.
pub struct AppState {
    pub clock: Clock,
    pub db: Database,
    pub secrets: Arc<SecretKeys>,
    /// bcrypt work factor for new keys.
    pub bcrypt_cost: u32,
    /// Cache of verified API keys.
    pub keys: KeyCache,
    /// Rate limits of the tenants seen so far.
    pub tenants: Arc<Tenants>,
    pub recorder: Recorder,
    /// Request log entries that have not been written yet.
    pub request_log: RequestLog,
    /// Counts that a flush has collected but not written. Locked for the whole flush.
    pub unflushed: tokio::sync::Mutex<Unflushed>,
    /// Cache of recent usage reports.
    pub usage_responses: ResponseCache<UsageQuery>,
    /// Requests with an `Idempotency-Key` that are in progress.
    pub idempotency: InFlightKeys,
    pub mail: Mail,
    pub live: Live,
    /// Failed authentication attempts with API keys, by network.
    pub failed_keys: GuessLimiter,
    /// Use of keys from IP addresses that their allowlist excludes.
    pub violations: IpViolationLog,
    /// Rate limit on changes and expensive computations in the dashboard.
    pub dashboard_calls: GuessLimiter,
    pub login_limits: LoginLimits,
    /// Refused sign-ins and calls that have not been written yet.
    pub refusals: Refusals,
    pub passwords: Passwords,
    /// Token of the one-time set-up link, until the first user exists.
    pub setup_token: parking_lot::Mutex<Option<String>>,
    /// `true` if the database has the accounts of the demonstration.
    pub is_demo: AtomicBool,
    pub metrics: Metrics,
    pub connections: Arc<Connections>,
    /// Timeout for receiving a request's body.
    pub body_timeout: Duration,
    /// Memory of request bodies that are being received.
    pub body_memory: BodyMemory,
    pub request_ids: RequestIds,
    pub docs: Docs,
    /// Server's URL as browsers see it.
    pub public_url: PublicUrl,
    /// URIs of the contacts for security reports.
    pub security_contacts: Vec<String>,
    pub retention: RetentionSettings,
    /// The `Strict-Transport-Security` header; `None` for plain HTTP.
    pub hsts: Option<&'static str>,
    /// `true` if only this machine can connect.
    pub listens_on_loopback: bool,
    /// Proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// `true` if `/metrics` is served at a dedicated address.
    pub metrics_elsewhere: bool,
    /// `true` if all requests are logged.
    pub access_log: bool,
}

/// Failed API keys per network. A valid key takes no token and is never slowed down.
const FAILED_KEYS: GuessRate = GuessRate {
    burst: 60,
    per_minute: 30,
};

/// Calls of one user in the dashboard that change or compute something, such as rating a password.
/// Each may add an audit event; the limit prevents floods.
const DASHBOARD_CALLS: GuessRate = GuessRate {
    burst: 240,
    per_minute: 60,
};

impl AppState {
    pub fn new(
        settings: &ServeSettings,
        db: Database,
        secrets: SecretKeys,
        clock: Clock,
        openapi: OpenApi,
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
            request_log: RequestLog::default(),
            unflushed: tokio::sync::Mutex::default(),
            usage_responses: ResponseCache::default(),
            idempotency: InFlightKeys::default(),
            mail: Mail::new(settings, &clock)?,
            live: Live::default(),
            failed_keys: GuessLimiter::new(FAILED_KEYS, clock.clone()),
            violations: IpViolationLog::default(),
            dashboard_calls: GuessLimiter::new(DASHBOARD_CALLS, clock.clone()),
            login_limits: LoginLimits::new(&clock),
            refusals: Refusals::default(),
            passwords: Passwords::start()?,
            setup_token: parking_lot::Mutex::new(None),
            is_demo: AtomicBool::new(false),
            connections: Arc::new(Connections::new(settings, &metrics, clock.clone())),
            body_timeout: Duration::from_secs(settings.body_timeout),
            body_memory: BodyMemory::default(),
            metrics,
            request_ids: RequestIds::new()?,
            docs: Docs::new(&public_url.origin, openapi),
            hsts: settings.hsts()?,
            public_url,
            security_contacts: settings.security_contacts.clone(),
            retention: settings.retention,
            listens_on_loopback: settings.addr.ip().is_loopback(),
            trusted_proxies: settings.trusted_proxies.clone(),
            metrics_elsewhere: settings.metrics_addr.is_some(),
            access_log: settings.access_log,
            clock,
        })
    }

    /// Returns the state from the request's application data.
    pub fn of(request: &HttpRequest) -> Result<&web::Data<Self>, ApiError> {
        request
            .app_data()
            .ok_or_else(|| ApiError::internal("the application has no state"))
    }
}

impl AppState {
    /// Invalidates a changed key in the cache and notifies open dashboards. Call it after the
    /// commit and before the response.
    pub fn key_changed(&self, tenant: &TenantId, id: &KeyId) {
        self.keys.invalidate(id);
        self.live.send(tenant, LiveEvent::KeysChanged);
    }

    /// Variant of [`Self::key_changed`] for several keys.
    pub fn keys_changed(&self, tenant: &TenantId, ids: &[KeyId]) {
        for id in ids {
            self.keys.invalidate(id);
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

    /// Returns the factory of the links in this server's emails.
    pub fn links(&self) -> Links {
        Links::new(&self.public_url.origin, self.secrets.clone())
    }

    /// Variant of [`Self::key_changed`] for a new key, whose first use then needs no bcrypt.
    pub fn key_created(&self, tenant: &TenantId, key: &PlainKey) {
        if let Some(parts) = key.parts() {
            self.keys.insert_verified(&parts);
            self.key_changed(tenant, &parts.id());
        }
    }
}
