//! Request bodies and query strings: every fault is answered with the field it is in.

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
use shared::{
    error::{ErrorCode, FieldError},
    ids::TenantId,
};
use std::{
    borrow::Cow,
    fmt::Display,
    future::{Future, ready},
    str::FromStr,
};
use tokio::time::timeout;

/// A JSON body of at most 1 MiB, checked for form but not for meaning.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !is_json(request) {
            return Box::pin(ready(Err(ErrorCode::UnsupportedMediaType.into())));
        }
        Box::pin(read(request, payload, |body| parse(body).map(Self)))
    }
}

/// A JSON body as [`Json`], which may also be missing altogether.
pub struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned + Default + 'static> FromRequest for OptionalJson<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = is_json(request);
        let parse_any = move |body: &[u8]| {
            if body.is_empty() {
                Ok(Self(T::default()))
            } else if is_json {
                parse(body).map(Self)
            } else {
                Err(ErrorCode::UnsupportedMediaType.into())
            }
        };
        Box::pin(read(request, payload, parse_any))
    }
}

fn is_json(request: &HttpRequest) -> bool {
    let content_type = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok());
    let essence = content_type
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// Reads the body and hands it to `parse`.
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

/// The tenant that the request is charged to; `None` for a caller that has not been
/// identified.
fn tenant_of(request: &HttpRequest) -> Option<TenantId> {
    let extensions = request.extensions();
    let by_key = || extensions.get::<Attribution>();
    let by_session = || extensions.get::<SignedIn>();
    by_key()
        .map(|by| by.key.tenant_id.clone())
        .or_else(|| by_session().map(|by| by.tenant.id()))
}

/// An answer that is JSON already.
pub fn answer(body: Vec<u8>) -> HttpResponse {
    let json = HeaderValue::from_static("application/json");
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, json))
        .body(body)
}

/// Reads a JSON text.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    // serde would take a list for the fields in order.
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(
            ApiError::new(ErrorCode::InvalidJson).detail("Send one JSON object, not a list.")
        );
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        if inner.is_data() {
            field_fault(&path, &inner.to_string(), ErrorCode::InvalidField)
        } else {
            invalid_json(&inner)
        }
    })?;
    deserializer.end().map_err(|error| invalid_json(&error))?;
    match path_of_nul(body) {
        Some(path) => Err(nul_fault(path, ErrorCode::InvalidField)),
        None => Ok(value),
    }
}

/// Where a JSON text has a NUL character, which PostgreSQL cannot store. It can
/// only be written as an escape, so that most texts need no second look.
fn path_of_nul(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    if !text.contains("\\u0000") {
        return None;
    }
    nul_inside(&serde_json::from_str(text).ok()?)
}

/// The path to the first text or name with a NUL character, in serde's notation.
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

fn nul_fault(field: String, code: ErrorCode) -> ApiError {
    ApiError::fields(vec![FieldError {
        field,
        code,
        message: "Remove the NUL character.".into(),
    }])
}

fn invalid_json(error: &serde_json::Error) -> ApiError {
    ApiError::new(ErrorCode::InvalidJson).detail(format!("Correct the JSON: {error}."))
}

/// The longest name or value in a query string, in characters. Far above anything that can
/// be found, and far below what makes a database refuse a pattern.
pub const QUERY_MAX_CHARS: usize = 500;

/// Reads a query string.
pub fn parse_query<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, ApiError> {
    let pairs = || form_urlencoded::parse(request.query_string().as_bytes());
    check_query(request.query_string(), pairs())?;
    let pairs = serde_urlencoded::Deserializer::new(pairs());
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let reason = error.inner().to_string();
        field_fault(&error.path().to_string(), &reason, ErrorCode::InvalidQuery)
    })
}

/// Refuses texts that a database cannot store or search for.
fn check_query<'a>(
    query: &str,
    pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>,
) -> Result<(), ApiError> {
    if query.len() <= QUERY_MAX_CHARS && !query.contains("%00") {
        return Ok(());
    }
    for (name, value) in pairs {
        if name.contains('\0') || value.contains('\0') {
            return Err(nul_fault(name.replace('\0', ""), ErrorCode::InvalidQuery));
        }
        let is_long = |text: &str| text.chars().nth(QUERY_MAX_CHARS).is_some();
        if is_long(&name) || is_long(&value) {
            return Err(ApiError::fields(vec![FieldError {
                field: name.chars().take(QUERY_MAX_CHARS).collect(),
                code: ErrorCode::InvalidQuery,
                message: format!("Use at most {QUERY_MAX_CHARS} characters."),
            }]));
        }
    }
    Ok(())
}

/// Turns serde's words into a fault of one field.
fn field_fault(path: &str, reason: &str, code: ErrorCode) -> ApiError {
    let reason = reason.split(" at line ").next().unwrap_or(reason);
    let quoted = |prefix: &str| reason.strip_prefix(prefix)?.split('`').next();
    let inside = |name: &str| {
        if matches!(path, "." | "") || path.ends_with(name) {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    let (field, code, message) = if let Some(name) = quoted("unknown field `") {
        let code = if code == ErrorCode::InvalidQuery {
            code
        } else {
            ErrorCode::UnknownField
        };
        (
            inside(name),
            code,
            "There is no such name here. Remove it or correct its spelling.".to_owned(),
        )
    } else if let Some(name) = quoted("missing field `") {
        (inside(name), code, "This field is required.".to_owned())
    } else if let Some(name) = quoted("duplicate field `") {
        (inside(name), code, "Give this once only.".to_owned())
    } else if path == "." && code == ErrorCode::InvalidField {
        return ApiError::new(ErrorCode::InvalidJson).detail("Send one JSON object.");
    } else {
        (
            path.trim_start_matches('.').to_owned(),
            code,
            sentence(if is_about_a_date(reason) {
                DATE
            } else {
                reason
            }),
        )
    };
    ApiError::fields(vec![FieldError {
        field,
        code,
        message,
    }])
}

/// What to do instead of what chrono says about a faulty date.
const DATE: &str = "use a time of the form 2026-01-31T00:00:00Z";

fn is_about_a_date(reason: &str) -> bool {
    // Each is the whole message, from one of its closed list of faults.
    [
        "premature end of input",
        "input contains invalid characters",
        "input is out of range",
        "trailing input",
        "no possible date and time matching input",
        "input is not enough for unique date and time",
    ]
    .contains(&reason)
}

fn sentence(reason: impl Display) -> String {
    let reason = reason.to_string();
    let mut chars = reason.chars();
    let first = chars
        .next()
        .map(|c| c.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

/// Reads `limit`, or says what is wrong with it.
pub fn page_limit(limit: Option<u32>) -> Result<i64, ApiError> {
    let limit = limit.unwrap_or(shared::page::DEFAULT_LIMIT);
    if (1..=shared::page::MAX_LIMIT).contains(&limit) {
        return Ok(limit.into());
    }
    let message = format!("Use 1 to {}.", shared::page::MAX_LIMIT);
    Err(ApiError::fields(vec![FieldError::new(
        "limit",
        ErrorCode::InvalidQuery,
        message,
    )]))
}

/// Reads `cursor`, or says that it is not one of ours.
pub fn cursor<T: FromStr>(cursor: Option<&str>) -> Result<Option<T>, ApiError> {
    let message = "Use `next_cursor` of the page before, unchanged.";
    let bad = |_| {
        ApiError::fields(vec![FieldError::new(
            "cursor",
            ErrorCode::InvalidQuery,
            message,
        )])
    };
    cursor.map(str::parse).transpose().map_err(bad)
}
