//! Parsing of JSON and query strings. Each error names the invalid field.

mod error;
mod number;
mod query;

pub use query::{QUERY_MAX_CHARS, cursor, not_a_cursor, page_limit, parse_query};

use crate::error::ApiError;
use actix_web::{
    HttpResponse,
    http::header::{self, HeaderValue},
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::error::ErrorCode;

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
            error::of_member(&error, ErrorCode::InvalidField)
        } else {
            error_in_valid_json::<T>(body).unwrap_or_else(|| invalid_json(error.inner()))
        }
    })?;
    deserializer.end().map_err(|error| invalid_json(&error))?;
    if let Some(path) = path_of_nul(body) {
        return Err(error::nul(path, ErrorCode::InvalidField));
    }
    match number::inexact(body).as_slice() {
        [] => Ok(value),
        paths => Err(error::inexact_numbers(paths)),
    }
}

/// Finds the error in valid JSON: for some fields of the wrong type and for numbers out of range,
/// serde reports a syntax error.
fn error_in_valid_json<T: DeserializeOwned>(body: &[u8]) -> Option<ApiError> {
    let paths = number::inexact(body);
    if !paths.is_empty() {
        return Some(error::inexact_numbers(&paths));
    }
    let value: Value = serde_json::from_slice(body).ok()?;
    let error = serde_path_to_error::deserialize::<_, T>(value).err()?;
    Some(error::of_member(&error, ErrorCode::InvalidField))
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
