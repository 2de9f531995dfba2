//! Authenticates the API key of a request: size and syntax, check characters, failed attempts,
//! lookup, status and expiry, IP address. Scope and limits depend on the route and are checked
//! later, in `caller`.

use crate::{
    clock::Moment,
    error::ApiError,
    gateway::{
        address::{is_within, network_of},
        bearer::{no_key_error, parse_bearer},
        record_ip_violation,
    },
    keys::{
        cache::{KeyRecord, Lookup},
        format::{KeyParts, Kind},
    },
    middleware::body::BODY_MAX_BYTES,
    models::{
        api_key::ApiKey,
        playground_token::{PlaygroundToken, digest},
    },
    state::AppState,
    usage::recorder::Source,
};
use actix_web::{HttpRequest, http::header::CONTENT_LENGTH};
use percent_encoding::percent_decode_str;
use shared::{
    error::ErrorCode,
    ids::KeyId,
    key::{KeyStatus, holds_key},
};
use std::{net::IpAddr, sync::Arc};

/// A rejected request.
pub struct Refusal {
    pub error: ApiError,
    /// The key that the request is attributed to, if it named one of ours.
    pub key: Option<Arc<KeyRecord>>,
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self { error, key: None }
    }
}

/// A request with a valid key.
pub struct Admitted {
    pub key: Arc<KeyRecord>,
    pub source: Source,
    /// Time at which the key was checked.
    pub at: Moment,
}

/// The key resolved from the `Authorization` header.
struct ResolvedKey {
    key: Arc<KeyRecord>,
    source: Source,
    /// Read after the record, so that no change in the record lies in the future.
    at: Moment,
}

/// Resolves the key of a request and runs all checks that do not depend on the route.
pub async fn admit(
    state: &AppState,
    request: &HttpRequest,
    client: IpAddr,
) -> Result<Admitted, Refusal> {
    if let Some(verdict) = try_admit_cached(state, request, client) {
        return verdict;
    }
    let resolved = match parse_bearer(request) {
        Some(parts) => resolve_key(state, &parts, client).await,
        None => Err(refuse_keyless(state, request, client).into()),
    };
    let verdict = check_key(state, request, client, resolved);
    if let Err(Refusal {
        error,
        key: Some(key),
    }) = &verdict
        && error.code() == ErrorCode::IpNotAllowed
    {
        record_ip_violation::record(state, key, client).await;
    }
    verdict
}

/// Synchronous variant of [`admit`] that serves nearly all requests: the key was verified before,
/// or its check characters are invalid. `None` if the database has to be read or written.
pub fn try_admit_cached(
    state: &AppState,
    request: &HttpRequest,
    client: IpAddr,
) -> Option<Result<Admitted, Refusal>> {
    let Some(parts) = parse_bearer(request) else {
        let refusal = check_form(request)
            .err()
            .unwrap_or_else(|| refuse_keyless(state, request, client));
        return Some(Err(refusal.into()));
    };
    let resolved = match state.keys.get_verified(&parts) {
        Some(key) => {
            let at = state.clock.moment();
            if !state.keys.is_current(at.monotonic) || !may_come_from(&key, client) {
                return None;
            }
            let source = Source::Api;
            Ok(ResolvedKey { key, source, at })
        }
        None if state.secrets.check_matches(&parts) => return None,
        None => Err(refuse_unknown(state, client).into()),
    };
    Some(check_key(state, request, client, resolved))
}

/// Checks form, status, expiry and IP address of a request with a resolved key.
fn check_key(
    state: &AppState,
    request: &HttpRequest,
    client: IpAddr,
    resolved: Result<ResolvedKey, Refusal>,
) -> Result<Admitted, Refusal> {
    if let Err(error) = check_form(request) {
        // Rejected for its form, but attributed to the key that it names.
        let key = resolved.map_or_else(|refusal| refusal.key, |resolved| Some(resolved.key));
        return Err(Refusal { error, key });
    }
    let ResolvedKey { key, source, at } = resolved?;
    let refuse = |error, key| {
        Err(Refusal {
            error,
            key: Some(key),
        })
    };
    if !key.works(at) {
        let reason = match key.dates.status(at.utc()) {
            KeyStatus::Revoked if key.dates.revoked_at.is_none() => {
                "This key was replaced by a newer one, and its grace period has ended."
            }
            KeyStatus::Revoked => "This key has been revoked.",
            KeyStatus::Expired => "This key has expired.",
            _ => "This key is disabled.",
        };
        let error = ApiError::new(ErrorCode::InvalidToken).reason(reason);
        return refuse(failed(state, client, error), key);
    }
    // A playground token is bound to an IP address separately.
    if source == Source::Api && !may_come_from(&key, client) {
        return refuse(ip_not_allowed(state, client), key);
    }
    Ok(Admitted { key, source, at })
}

/// A trusted proxy is never the client: the client's address is then unknown, and allowing the
/// proxy's address would open the key to everyone behind it.
fn ip_not_allowed(state: &AppState, client: IpAddr) -> ApiError {
    let detail = if is_within(client, &state.trusted_proxies) {
        format!(
            "The proxy at {client} sent no usable client address. Have it set X-Forwarded-For; don't allow the proxy's own address."
        )
    } else {
        format!(
            "Your address is {client}. Add it to the key's IP restrictions, or call from an allowed one."
        )
    };
    ApiError::new(ErrorCode::IpNotAllowed).detail(detail)
}

fn may_come_from(key: &KeyRecord, client: IpAddr) -> bool {
    key.ip_allowlist.is_empty() || is_within(client, &key.ip_allowlist)
}

/// Checks that do not depend on the key.
fn check_form(request: &HttpRequest) -> Result<(), ApiError> {
    if let Some(length) = request.headers().get(CONTENT_LENGTH) {
        let length = length
            .to_str()
            .ok()
            .and_then(|length| length.parse::<usize>().ok());
        if length.is_none_or(|length| length > BODY_MAX_BYTES) {
            return Err(ErrorCode::BodyTooLarge.into());
        }
    }
    let query = request.query_string();
    // Programs that log the URL may decode it.
    if !query.is_empty() && holds_key(&percent_decode_str(query).decode_utf8_lossy()) {
        return Err(ErrorCode::KeyInQuery.into());
    }
    Ok(())
}

/// Resolves a key with valid check characters that has not been verified yet.
async fn resolve_key(
    state: &AppState,
    parts: &KeyParts<'_>,
    client: IpAddr,
) -> Result<ResolvedKey, Refusal> {
    let unknown = || refuse_unknown(state, client);
    if parts.kind == Kind::Playground {
        let key = resolve_playground_token(state, parts, client).await?;
        let source = Source::Playground;
        let at = state.clock.moment();
        return key
            .map(|key| ResolvedKey { key, source, at })
            .ok_or_else(|| unknown().into());
    }
    let load = || load(state, parts.id());
    let lookup = if state.keys.is_current(state.clock.monotonic()) {
        state.keys.verify(parts, &state.secrets, load).await?
    } else {
        // Fails if the database is unavailable.
        let keys = &state.keys;
        keys.verify_uncached(parts, &state.secrets, load).await?
    };
    match lookup {
        Lookup::Verified(key) if Kind::Key(key.environment) == parts.kind => {
            let source = Source::Api;
            let at = state.clock.moment();
            Ok(ResolvedKey { key, source, at })
        }
        Lookup::Verified(record) | Lookup::WrongSecret(record) => Err(Refusal {
            error: unknown().reason("The id of this key came with another key's secret part."),
            key: Some(record),
        }),
        Lookup::Unknown => Err(unknown().into()),
    }
}

/// Resolves a playground token to its key, limited to the token's scopes. `None` if the token has
/// ended.
async fn resolve_playground_token(
    state: &AppState,
    token: &KeyParts<'_>,
    client: IpAddr,
) -> Result<Option<Arc<KeyRecord>>, ApiError> {
    let digest = digest(token.bytes());
    let now = state.clock.now_naive();
    let token = state
        .db
        .read(move |conn| PlaygroundToken::find(conn, &digest, now))
        .await?;
    let Some(token) = token.filter(|token| token.is_of(client)) else {
        return Ok(None);
    };
    let scopes = token.scopes()?;
    let id = KeyId::new(token.key_id);
    let key = if state.keys.is_current(state.clock.monotonic()) {
        state
            .keys
            .get_or_load(&id, || load(state, id.clone()))
            .await?
    } else {
        load(state, id).await?.map(Arc::new)
    };
    Ok(key.map(|key| Arc::new(key.limited_to(scopes))))
}

/// Loads a key's record from the database.
fn load(
    state: &AppState,
    id: KeyId,
) -> impl Future<Output = Result<Option<KeyRecord>, ApiError>> + use<> {
    let db = state.db.clone();
    let tenants = state.tenants.clone();
    async move {
        db.read(move |conn| ApiKey::record(conn, &id, |tenant| tenants.refresh(tenant)))
            .await
    }
}

fn refuse_keyless(state: &AppState, request: &HttpRequest, client: IpAddr) -> ApiError {
    state.metrics.unattributed_refusals.inc();
    failed(state, client, no_key_error(request))
}

fn refuse_unknown(state: &AppState, client: IpAddr) -> ApiError {
    state.metrics.unattributed_refusals.inc();
    failed(state, client, ErrorCode::InvalidToken.into())
}

/// Counts a failure of the client's network. Returns the 429 error after too many failures.
fn failed(state: &AppState, client: IpAddr, error: ApiError) -> ApiError {
    match state.failed_keys.take(&network_of(client), 1) {
        Ok(_) => error,
        Err(secs) => ApiError::new(ErrorCode::TooManyFailedAttempts)
            .retry_after(secs)
            .reason_of(&error),
    }
}
