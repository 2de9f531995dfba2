//! Request bodies and query strings: every fault is answered with the field it is in.

use crate::{error::ApiError, gateway::admit::BODY_MAX_BYTES};
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use shared::error::{ErrorCode, FieldError};
use std::{fmt::Display, future::Future};

/// A JSON body of at most 1 MiB, checked for form but not for meaning.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = is_json(request).then(|| read(request, payload));
        Box::pin(async move {
            let Some(body) = body else {
                return Err(ErrorCode::UnsupportedMediaType.into());
            };
            parse(&body.await?).map(Self)
        })
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

fn read(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<web::Bytes, ApiError>> + use<> {
    let too_large = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok())
        .is_some_and(|length| length > BODY_MAX_BYTES);
    let body = web::Bytes::from_request(request, payload);
    async move {
        if too_large {
            return Err(ErrorCode::BodyTooLarge.into());
        }
        body.await.map_err(
            |error| match error.as_response_error().status_code().as_u16() {
                413 => ErrorCode::BodyTooLarge.into(),
                _ => ApiError::new(ErrorCode::InvalidJson).detail("The body ended too early."),
            },
        )
    }
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
    Ok(value)
}

fn invalid_json(error: &serde_json::Error) -> ApiError {
    ApiError::new(ErrorCode::InvalidJson).detail(format!("Correct the JSON: {error}."))
}

/// Reads a query string.
pub fn parse_query<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, ApiError> {
    web::Query::<T>::from_query(request.query_string())
        .map(web::Query::into_inner)
        .map_err(|error| {
            let reason = error.to_string();
            let reason = reason
                .strip_prefix("Query deserialize error: ")
                .unwrap_or(&reason);
            field_fault(".", reason, ErrorCode::InvalidQuery)
        })
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
    } else if path == "." && code == ErrorCode::InvalidField {
        return ApiError::new(ErrorCode::InvalidJson).detail("Send one JSON object.");
    } else {
        (
            path.trim_start_matches('.').to_owned(),
            code,
            sentence(reason),
        )
    };
    ApiError::fields(vec![FieldError {
        field,
        code,
        message,
    }])
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

/// A cursor that is not one of ours.
pub fn bad_cursor() -> ApiError {
    let message = "Use `next_cursor` of the page before, unchanged.";
    ApiError::fields(vec![FieldError::new(
        "cursor",
        ErrorCode::InvalidQuery,
        message,
    )])
}
