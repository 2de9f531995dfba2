//! From a request to the key it was made with: size and syntax, check
//! characters, failed attempts, lookup, status and expiry, address. Scope and
//! limits depend on the route and come later, in `caller`.

use crate::{
    clock::Moment,
    error::ApiError,
    gateway::{
        address::{is_within, network_of},
        bearer::{no_key_error, parse_bearer},
        record_violation,
    },
    keys::{
        cache::{KeyRecord, Lookup},
        format::{KeyParts, Kind},
    },
    models::{
        api_key::ApiKey,
        playground_token::{PlaygroundToken, digest},
    },
    request::body::BODY_MAX_BYTES,
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

/// A request that gets no further.
pub struct Refusal {
    /// The answer.
    pub error: ApiError,
    /// The key that it counts for, if it named one of ours.
    pub key: Option<Arc<KeyRecord>>,
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self { error, key: None }
    }
}

/// A request whose key works.
pub struct Admitted {
    /// The key.
    pub key: Arc<KeyRecord>,
    /// Whether it came itself, or a token that stands in for it.
    pub source: Source,
    /// When that was looked at.
    pub at: Moment,
}

/// What the Authorization header has led to.
struct Found {
    key: Arc<KeyRecord>,
    source: Source,
    /// Read after the record: no change that is in it lies in the future.
    at: Moment,
}

/// Finds the key of a request and checks everything that does not depend on the route.
pub async fn admit(
    state: &AppState,
    request: &HttpRequest,
    client: IpAddr,
) -> Result<Admitted, Refusal> {
    if let Some(verdict) = admit_at_once(state, request, client) {
        return verdict;
    }
    let found = match parse_bearer(request) {
        Some(parts) => prove(state, &parts, client).await,
        None => Err(refuse_keyless(state, request, client).into()),
    };
    let verdict = judge(state, request, client, found);
    if let Err(Refusal {
        error,
        key: Some(key),
    }) = &verdict
        && error.code() == ErrorCode::IpNotAllowed
    {
        record_violation::record(state, key, client).await;
    }
    verdict
}

/// The same without waiting, which is possible for nearly every request: the key
/// was proved before, or its check characters are not ours. `None` if the database
/// has to be asked, or told.
pub fn admit_at_once(
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
    let found = match state.keys.warm(&parts) {
        Some(key) => {
            let at = state.clock.moment();
            if !state.keys.is_current(at.monotonic) || !may_come_from(&key, client) {
                return None;
            }
            let source = Source::Api;
            Ok(Found { key, source, at })
        }
        None if state.secrets.check_matches(&parts) => return None,
        None => Err(refuse_unknown(state, client).into()),
    };
    Some(judge(state, request, client, found))
}

/// What comes of a request once it is known whose it is.
fn judge(
    state: &AppState,
    request: &HttpRequest,
    client: IpAddr,
    found: Result<Found, Refusal>,
) -> Result<Admitted, Refusal> {
    if let Err(error) = check_form(request) {
        // Refused for its form, and yet it counts for the key that it names.
        let key = found.map_or_else(|refusal| refusal.key, |found| Some(found.key));
        return Err(Refusal { error, key });
    }
    let Found { key, source, at } = found?;
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
    // A token is bound to an address of its own.
    if source == Source::Api && !may_come_from(&key, client) {
        return refuse(ip_not_allowed(state, client), key);
    }
    Ok(Admitted { key, source, at })
}

/// A trusted proxy is never the caller: then the caller's own address is not known, and
/// to allow the proxy's would open the key to everyone behind it.
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

/// What can be refused without knowing who asks.
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

/// The way of a key that has our check characters and was not proved yet.
async fn prove(state: &AppState, parts: &KeyParts<'_>, client: IpAddr) -> Result<Found, Refusal> {
    let unknown = || refuse_unknown(state, client);
    if parts.kind == Kind::Playground {
        let key = stand_in(state, parts, client).await?;
        let (source, at) = (Source::Playground, state.clock.moment());
        return key
            .map(|key| Found { key, source, at })
            .ok_or_else(|| unknown().into());
    }
    let load = || load(state, parts.id());
    let lookup = if state.keys.is_current(state.clock.monotonic()) {
        state.keys.prove(parts, &state.secrets, load).await?
    } else {
        // Without an answer of the database the request is refused.
        let keys = &state.keys;
        keys.prove_uncached(parts, &state.secrets, load).await?
    };
    match lookup {
        Lookup::Proved(key) if Kind::Key(key.environment) == parts.kind => {
            let (source, at) = (Source::Api, state.clock.moment());
            Ok(Found { key, source, at })
        }
        Lookup::Proved(record) | Lookup::Mismatch(record) => Err(Refusal {
            error: unknown().reason("The id of this key came with another key's secret part."),
            key: Some(record),
        }),
        Lookup::Unknown => Err(unknown().into()),
    }
}

/// The key of a playground token, with the token's scopes at most; `None` if it has ended.
async fn stand_in(
    state: &AppState,
    token: &KeyParts<'_>,
    client: IpAddr,
) -> Result<Option<Arc<KeyRecord>>, ApiError> {
    let (digest, now) = (digest(token.bytes()), state.clock.now_naive());
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
        state.keys.find(&id, || load(state, id.clone())).await?
    } else {
        load(state, id).await?.map(Arc::new)
    };
    Ok(key.map(|key| Arc::new(key.limited_to(scopes))))
}

/// What the database says of a key.
fn load(
    state: &AppState,
    id: KeyId,
) -> impl Future<Output = Result<Option<KeyRecord>, ApiError>> + use<> {
    let (db, tenants) = (state.db.clone(), state.tenants.clone());
    async move {
        db.read(move |conn| ApiKey::record(conn, &id, |tenant| tenants.limits(tenant)))
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

/// Counts a failure against the address, and answers 429 once there were too many.
fn failed(state: &AppState, client: IpAddr, error: ApiError) -> ApiError {
    match state.failed_keys.take(&network_of(client), 1) {
        Ok(_) => error,
        Err(secs) => ApiError::new(ErrorCode::TooManyFailedAttempts)
            .retry_after(secs)
            .reason_of(&error),
    }
}
