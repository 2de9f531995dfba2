//! From a request to the key it was made with: size and syntax, check
//! characters, failed attempts, lookup, status and expiry, address. Scope and
//! limits depend on the route and come later, in `caller`.

use crate::{
    error::ApiError,
    gateway::{address::is_within, failed_attempts::network_of},
    keys::{
        cache::{KeyRecord, Lookup},
        format::{ID_LEN, KeyParts},
    },
    models::api_key::ApiKey,
    state::AppState,
};
use actix_web::{
    HttpRequest,
    http::header::{AUTHORIZATION, CONTENT_LENGTH},
};
use shared::error::ErrorCode;
use std::{net::IpAddr, sync::Arc};

/// The largest request body, in bytes.
pub const BODY_MAX_BYTES: usize = 1024 * 1024;

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

/// Finds the key of a request and checks everything that does not depend on the route.
pub async fn admit(
    state: &AppState,
    request: &HttpRequest,
    client: IpAddr,
) -> Result<Arc<KeyRecord>, Refusal> {
    let parts = bearer(request);
    if let Err(error) = check_form(request) {
        // Refused for its form, and yet it counts for the key that it names.
        let key = match &parts {
            Some(parts) => prove(state, parts, client)
                .await
                .map_or_else(|refusal| refusal.key, Some),
            None => None,
        };
        return Err(Refusal { error, key });
    }
    let Some(parts) = parts else {
        let detail = "No API key was sent. Send one as `Authorization: Bearer pm_live_…`.";
        return Err(refuse_unknown(state, client, detail).into());
    };
    let record = match state.keys.warm(&parts) {
        Some(record) => record,
        None => prove(state, &parts, client).await?,
    };
    if !record.works(state.clock.now()) {
        let error = failed(state, client, ApiError::new(ErrorCode::InvalidToken));
        return Err(Refusal {
            error,
            key: Some(record),
        });
    }
    if !record.ip_allowlist.is_empty() && !is_within(client, &record.ip_allowlist) {
        tracing::warn!(key_id = %record.id, %client, "a key was used from an address that is not on its list");
        let error = ApiError::new(ErrorCode::IpNotAllowed)
            .detail(format!("Your address is {client}. Add it to the key's IP restrictions, or call from an allowed one."));
        return Err(Refusal {
            error,
            key: Some(record),
        });
    }
    Ok(record)
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
    if holds_a_key(request.query_string()) {
        return Err(ErrorCode::KeyInQuery.into());
    }
    Ok(())
}

/// Whether a text has more of a key in it than the id, which is no secret and
/// which the list of keys can be searched for.
fn holds_a_key(query: &str) -> bool {
    ["pm_live_", "pm_test_", "pm_play_"].iter().any(|prefix| {
        query.split(prefix).skip(1).any(|rest| {
            let shown = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
            shown > ID_LEN
        })
    })
}

/// The key in the Authorization header: `None` if there is none or it has not the
/// form of a key.
fn bearer(request: &HttpRequest) -> Option<KeyParts<'_>> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let (Some(header), None) = (headers.next(), headers.next()) else {
        return None;
    };
    let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| KeyParts::parse(token.trim()))
        .flatten()
}

/// The way of a key that this process has not seen yet, or that is not ours.
async fn prove(
    state: &AppState,
    parts: &KeyParts<'_>,
    client: IpAddr,
) -> Result<Arc<KeyRecord>, Refusal> {
    let unknown = || refuse_unknown(state, client, ErrorCode::InvalidToken.cure());
    if !state.secrets.check_matches(parts) {
        return Err(unknown().into());
    }
    let load = || {
        let (id, tenants) = (parts.id(), state.tenants.clone());
        state
            .db
            .read(move |conn| ApiKey::record(conn, &id, |tenant| tenants.limits(tenant)))
    };
    match state.keys.prove(parts, &state.secrets, load).await? {
        Lookup::Proved(record) if record.environment == parts.environment => Ok(record),
        Lookup::Proved(record) | Lookup::Mismatch(record) => Err(Refusal {
            error: unknown(),
            key: Some(record),
        }),
        Lookup::Unknown => Err(unknown().into()),
    }
}

fn refuse_unknown(state: &AppState, client: IpAddr, detail: &'static str) -> ApiError {
    state.metrics.unattributed_refusals.inc();
    failed(
        state,
        client,
        ApiError::new(ErrorCode::InvalidToken).detail(detail),
    )
}

/// Counts a failure against the address, and answers 429 once there were too many.
fn failed(state: &AppState, client: IpAddr, error: ApiError) -> ApiError {
    match state.failed_keys.count(&network_of(client)) {
        Ok(()) => error,
        Err(secs) => ApiError::new(ErrorCode::TooManyFailedAttempts).retry_after(secs),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_the_query_is_told_from_its_id() {
        assert!(!holds_a_key(""));
        assert!(!holds_a_key("search=pm_live_4fGh7kQ2mXyZ&limit=5"));
        assert!(!holds_a_key("search=pm_live_4fGh7kQ2mXyZ..."));
        assert!(holds_a_key("api_key=pm_live_4fGh7kQ2mXyZ9"));
        assert!(holds_a_key("a=pm_test_&b=pm_test_4fGh7kQ2mXyZ4fGh7kQ2mXyZ"));
    }
}
