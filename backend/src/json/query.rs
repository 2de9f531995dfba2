//! Parsing of query strings. Each error names the invalid parameter.

use super::error;
use crate::error::ApiError;
use actix_web::HttpRequest;
use serde::de::DeserializeOwned;
use shared::error::{ErrorCode, FieldError};
use std::{borrow::Cow, str::FromStr};

/// Maximum length of a name or value in a query string, in characters. Longer than any useful
/// search, and shorter than the patterns that databases reject.
pub const QUERY_MAX_CHARS: usize = 500;

pub fn parse_query<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, ApiError> {
    let pairs = || form_urlencoded::parse(request.query_string().as_bytes());
    check_query(request.query_string(), pairs())?;
    let pairs = serde_urlencoded::Deserializer::new(pairs());
    serde_path_to_error::deserialize(pairs)
        .map_err(|error| error::of_member(&error, ErrorCode::InvalidQuery))
}

/// Rejects text that a database cannot store or search for.
fn check_query<'a>(
    query: &str,
    pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>,
) -> Result<(), ApiError> {
    if query.len() <= QUERY_MAX_CHARS && !query.contains("%00") {
        return Ok(());
    }
    for (name, value) in pairs {
        if name.contains('\0') || value.contains('\0') {
            return Err(error::nul(name.replace('\0', ""), ErrorCode::InvalidQuery));
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

/// Validates `limit` and returns the page size.
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

/// Parses `cursor`, which must come from an earlier page.
pub fn cursor<T: FromStr>(cursor: Option<&str>) -> Result<Option<T>, ApiError> {
    cursor
        .map(str::parse)
        .transpose()
        .map_err(|_| not_a_cursor())
}

/// The error for a `cursor` that did not come from this list.
pub fn not_a_cursor() -> ApiError {
    ApiError::fields(vec![FieldError::new(
        "cursor",
        ErrorCode::InvalidQuery,
        "Use `next_cursor` of the page before, unchanged, with the same `sort`.",
    )])
}
