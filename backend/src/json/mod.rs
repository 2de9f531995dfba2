//! Extractors for JSON request bodies. Each error names the invalid field.

mod fault;
mod number;
mod query;

pub use query::{QUERY_MAX_CHARS, cursor, not_a_cursor, page_limit, parse_query};

use crate::{
    error::ApiError,
    gateway::guard::Attribution,
    models::session::SignedIn,
    request::body::{ANONYMOUS_BODY_TIMEOUT, body_error, too_large},
    state::AppState,
};
use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse,
    dev::Payload,
    http::header::{self, HeaderValue},
};
use futures_util::{StreamExt, future::LocalBoxFuture};
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::{error::ErrorCode, ids::TenantId};
use std::future::{Future, ready};
use tokio::time::timeout;

/// A JSON body of at most 1 MiB. Its form is checked, but not its meaning.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if let Err(error) = check_media_type(request) {
            return Box::pin(ready(Err(error)));
        }
        Box::pin(read(request, payload, |body| parse(body).map(Self)))
    }
}

/// An optional JSON body; otherwise like [`Json`].
pub struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned + Default + 'static> FromRequest for OptionalJson<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media_type = check_media_type(request);
        let parse_any = move |body: &[u8]| {
            if body.is_empty() {
                return Ok(Self(T::default()));
            }
            media_type?;
            parse(body).map(Self)
        };
        Box::pin(read(request, payload, parse_any))
    }
}

/// Rejects a body that is not JSON or is compressed.
fn check_media_type(request: &HttpRequest) -> Result<(), ApiError> {
    let header = |name| {
        let value = request.headers().get(name)?;
        Some(value.to_str().unwrap_or("?").trim())
    };
    let content_type = header(header::CONTENT_TYPE).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(ErrorCode::UnsupportedMediaType.into());
    }
    match header(header::CONTENT_ENCODING) {
        None | Some("") => Ok(()),
        Some(coding) if coding.eq_ignore_ascii_case("identity") => Ok(()),
        Some(_) => Err(ApiError::new(ErrorCode::UnsupportedMediaType)
            .message("The request body is compressed, which this server does not read.")
            .detail("Send the body as it is, without the header Content-Encoding.")),
    }
}

/// Reads the body and passes it to `parse`.
fn read<T, P: FnOnce(&[u8]) -> Result<T, ApiError>>(
    request: &HttpRequest,
    payload: &mut Payload,
    parse: P,
) -> impl Future<Output = Result<T, ApiError>> + use<T, P> {
    let state = AppState::of(request).cloned();
    let tenant = tenant_of(request);
    let declared = request.headers().get(header::CONTENT_LENGTH);
    let declared = declared.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let mut payload = payload.take();
    async move {
        let state = state?;
        let is_anonymous = tenant.is_none();
        let mut body = state.body_memory.buffer(tenant);
        if declared.is_some_and(|length| length > body.max()) {
            return Err(too_large(body.max()));
        }
        let receive = async {
            while let Some(chunk) = payload.next().await {
                body.push(&chunk.map_err(|error| body_error(&error))?)?;
            }
            Ok::<_, ApiError>(())
        };
        if is_anonymous {
            let received = timeout(ANONYMOUS_BODY_TIMEOUT, receive).await;
            received.map_err(|_| ApiError::from(ErrorCode::RequestTimeout))??;
        } else {
            receive.await?;
        }
        parse(body.bytes())
    }
}

/// Returns the tenant that the request is charged to; `None` for an unauthenticated caller.
fn tenant_of(request: &HttpRequest) -> Option<TenantId> {
    let extensions = request.extensions();
    let by_key = || extensions.get::<Attribution>();
    let by_session = || extensions.get::<SignedIn>();
    by_key()
        .map(|by| by.key.tenant_id.clone())
        .or_else(|| by_session().map(|by| by.tenant.id()))
}

/// Builds a response from serialized JSON.
pub fn answer(body: Vec<u8>) -> HttpResponse {
    let json = HeaderValue::from_static("application/json");
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, json))
        .body(body)
}

/// Parses JSON, which may begin with a byte-order mark.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    // serde would accept an array as the fields in order.
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(
            ApiError::new(ErrorCode::InvalidJson).detail("Send one JSON object, not an array.")
        );
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        if error.inner().is_data() {
            fault::of_member(&error, ErrorCode::InvalidField)
        } else {
            fault_of_valid_json::<T>(body).unwrap_or_else(|| invalid_json(error.inner()))
        }
    })?;
    deserializer.end().map_err(|error| invalid_json(&error))?;
    if let Some(path) = path_of_nul(body) {
        return Err(fault::nul(path, ErrorCode::InvalidField));
    }
    match number::inexact(body).as_slice() {
        [] => Ok(value),
        paths => Err(fault::inexact_numbers(paths)),
    }
}

/// Finds the error in valid JSON: for some fields of the wrong type and for numbers out of range,
/// serde reports a syntax error.
fn fault_of_valid_json<T: DeserializeOwned>(body: &[u8]) -> Option<ApiError> {
    let paths = number::inexact(body);
    if !paths.is_empty() {
        return Some(fault::inexact_numbers(&paths));
    }
    let value: Value = serde_json::from_slice(body).ok()?;
    let error = serde_path_to_error::deserialize::<_, T>(value).err()?;
    Some(fault::of_member(&error, ErrorCode::InvalidField))
}

/// Returns the path of a NUL character, which PostgreSQL cannot store. In JSON it can only be
/// escaped, so most bodies need no second pass.
fn path_of_nul(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    if !text.contains("\\u0000") {
        return None;
    }
    nul_inside(&serde_json::from_str(text).ok()?)
}

/// Returns the path of the first string or name with a NUL character, in serde's notation.
fn nul_inside(value: &Value) -> Option<String> {
    let join = |step: String, rest: String| match rest.as_str() {
        "" => step,
        rest if rest.starts_with('[') => format!("{step}{rest}"),
        rest => format!("{step}.{rest}"),
    };
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(list) => list.iter().enumerate().find_map(|(index, value)| {
            nul_inside(value).map(|rest| join(format!("[{index}]"), rest))
        }),
        Value::Object(map) => map.iter().find_map(|(name, value)| {
            let clean = name.replace('\0', "");
            if clean.len() < name.len() {
                return Some(clean);
            }
            nul_inside(value).map(|rest| join(clean, rest))
        }),
        _ => None,
    }
}

fn invalid_json(error: &serde_json::Error) -> ApiError {
    ApiError::new(ErrorCode::InvalidJson).detail(format!("Correct the JSON: {error}."))
}
