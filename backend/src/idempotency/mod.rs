//! Idempotent requests: a `POST` with an `Idempotency-Key` has its effect once, and repetitions
//! within 24 hours get the first response again.

pub mod in_flight;

use crate::{
    db::DbConnection,
    error::ApiError,
    keys::cache::KeyRecord,
    models::idempotency::{IdempotentRequest, StoredResponse},
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use ring::digest::{SHA256, digest};
use serde::Serialize;
use shared::{
    error::{ErrorCode, FieldError},
    key::holds_key,
};

/// Maximum length of an `Idempotency-Key`.
const KEY_MAX_CHARS: usize = 255;

/// Handles a request whose effect must not be repeated.
///
/// `prepare` does everything that takes long. `commit` has the effect; its result is the body of
/// the response, which is stored in the same transaction. Neither is called if the response to an
/// earlier request is stored. Without an `Idempotency-Key`, both are called each time.
pub async fn idempotent<P, T>(
    state: &web::Data<AppState>,
    request: Option<IdempotentRequest>,
    status: StatusCode,
    prepare: impl Future<Output = Result<P, ApiError>>,
    commit: impl FnOnce(&mut DbConnection, P) -> Result<T, ApiError> + Send + 'static,
) -> Result<HttpResponse, ApiError>
where
    P: Send + 'static,
    T: Serialize + Send + 'static,
{
    let now = state.clock.now_naive();
    let guard = request.as_ref().map(|it| state.idempotency.reserve(it));
    let _until_response = guard.transpose()?;
    // Before validation: a stored response is replayed unchanged.
    if let Some(request) = request.clone() {
        let stored = state.db.read(move |conn| request.stored(conn, now));
        if let Some(response) = stored.await? {
            return Ok(replay(response));
        }
    }
    let prepared = prepare.await?;
    let committed = state.db.write(move |conn| {
        let Some(request) = request else {
            return commit(conn, prepared).map(Ok);
        };
        request.lock(conn)?;
        // Another process may have handled the request meanwhile.
        if let Some(response) = request.stored(conn, now)? {
            return Ok(Err(response));
        }
        let body = commit(conn, prepared)?;
        let response = StoredResponse {
            status: status.as_u16(),
            body: serde_json::to_string(&body).map_err(ApiError::internal)?,
        };
        request.store(conn, &response, now)?;
        Ok(Ok(body))
    });
    Ok(match committed.await? {
        Ok(body) => HttpResponse::build(status).json(body),
        Err(response) => replay(response),
    })
}

/// Reads the `Idempotency-Key` of a request with an API key. `input` is the request's parsed body.
pub fn idempotent_request(
    state: &AppState,
    request: &HttpRequest,
    key: &KeyRecord,
    input: &impl Serialize,
) -> Result<Option<IdempotentRequest>, ApiError> {
    let Some(header) = request.headers().get("Idempotency-Key") else {
        return Ok(None);
    };
    let text = header.to_str().unwrap_or_default();
    let is_valid = (1..=KEY_MAX_CHARS).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_valid {
        return Err(invalid(
            "Use 1 to 255 visible ASCII characters, without blanks.",
        ));
    }
    if holds_key(text) {
        return Err(invalid(
            "This is an API key. Use a text of your own that is new for a new email.",
        ));
    }
    // A digest of the body's values, independent of formatting and member order.
    let mut body = serde_json::to_value(input).map_err(ApiError::internal)?;
    body.sort_all_objects();
    let body = serde_json::to_vec(&body).map_err(ApiError::internal)?;
    Ok(Some(IdempotentRequest {
        tenant_id: key.tenant_id.clone(),
        environment: key.environment,
        key_digests: state.secrets.idempotency_digests(text),
        body_digest: STANDARD_NO_PAD.encode(digest(&SHA256, &body)),
    }))
}

fn invalid(message: &str) -> ApiError {
    let error = FieldError::new("Idempotency-Key", ErrorCode::InvalidField, message);
    ApiError::fields(vec![error])
}

fn replay(response: StoredResponse) -> HttpResponse {
    let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::OK);
    HttpResponse::build(status)
        .insert_header(("Idempotent-Replayed", "true"))
        .content_type("application/json")
        .body(response.body)
}
