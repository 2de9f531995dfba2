//! Errors of single fields, in the terms of JSON instead of the parser's.

use crate::error::ApiError;
use shared::error::{ErrorCode, FieldError};
use std::{borrow::Cow, fmt::Display};

/// Converts a parser error to an error of the field that it is about.
pub fn of_member<E: Display>(error: &serde_path_to_error::Error<E>, code: ErrorCode) -> ApiError {
    let path = error.path().to_string();
    let reason = error.inner().to_string();
    let reason = reason.split(" at line ").next().unwrap_or(&reason);
    let quoted = |prefix: &str| reason.strip_prefix(prefix)?.split('`').next();
    let inside = |name: &str| {
        if matches!(path.as_str(), "." | "") || path.ends_with(name) {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    if let Some(name) = quoted("unknown field `") {
        let code = match code {
            ErrorCode::InvalidQuery => code,
            _ => ErrorCode::UnknownField,
        };
        let message = "There is no such field here. Remove it or correct its spelling.";
        return invalid(inside(name), code, message);
    }
    if let Some(name) = quoted("missing field `") {
        return invalid(inside(name), code, "This field is required.");
    }
    if let Some(name) = quoted("duplicate field `") {
        return invalid(inside(name), code, "Send this only once.");
    }
    if path == "." && code == ErrorCode::InvalidField {
        return ApiError::new(ErrorCode::InvalidJson).detail("Send one JSON object.");
    }
    let path = path.trim_start_matches('.');
    // An object where one of several strings is expected, such as {"live": 1}.
    if reason.ends_with("expected unit") {
        let member = path.rsplit_once('.').map_or(path, |(member, _)| member);
        return invalid(member.to_owned(), code, "Use a string, not an object.");
    }
    invalid(path.to_owned(), code, remedy(reason))
}

/// The error for a field or parameter with a NUL character.
pub fn nul(field: String, code: ErrorCode) -> ApiError {
    invalid(field, code, "Remove the NUL character.")
}

/// The error for numbers that would lose digits.
pub fn inexact_numbers(paths: &[String]) -> ApiError {
    let describe = |path: &String| {
        let message = "This number has more digits than can be stored. Send it as a string.";
        FieldError::new(path, ErrorCode::InvalidField, message)
    };
    ApiError::fields(paths.iter().map(describe).collect())
}

fn invalid(field: String, code: ErrorCode, message: impl Into<Cow<'static, str>>) -> ApiError {
    ApiError::fields(vec![FieldError {
        field,
        code,
        message: message.into().into_owned(),
    }])
}

/// Returns advice on what to send instead.
fn remedy(reason: &str) -> Cow<'static, str> {
    if is_about_a_date(reason) {
        return "Use a time of the form 2026-01-31T00:00:00Z.".into();
    }
    if let Some(choices) = reason.strip_prefix("unknown variant `") {
        let choices = choices.split_once("expected ").map_or("", |(_, it)| it);
        let choices = choices.strip_prefix("one of ").unwrap_or(choices);
        return format!("Use {}.", choices.replace('`', "")).into();
    }
    let wrong = |kind| {
        let (found, expected) = reason.strip_prefix(kind)?.rsplit_once(", expected ")?;
        Some((in_json(found), wanted(expected)))
    };
    if let Some((found, wanted)) = wrong("invalid type: ") {
        return format!("Use {wanted}, not {found}.").into();
    }
    if let Some((_, wanted)) = wrong("invalid value: ") {
        return format!("Use {wanted}.").into();
    }
    match reason {
        "invalid digit found in string" | "cannot parse integer from empty string" => {
            "Use a whole number.".into()
        }
        "number too large to fit in target type" => "Use a smaller number.".into(),
        "number too small to fit in target type" => "Use a larger number.".into(),
        "provided string was not `true` or `false`" => "Use true or false.".into(),
        _ => sentence(reason).into(),
    }
}

/// Names a value that the parser found, in terms of JSON. Never the value itself, which may be long
/// or secret.
fn in_json(found: &str) -> &str {
    match found.split(' ').next().unwrap_or(found) {
        "boolean" => "true or false",
        "integer" | "floating" | "number" => "a number",
        "string" | "character" => "a string",
        "null" | "unit" | "Option" => "null",
        "map" | "newtype" | "struct" => "an object",
        "sequence" | "tuple" => "an array",
        _ => "this value",
    }
}

/// Names a type that the parser expected, in terms of JSON.
fn wanted(expected: &str) -> Cow<'_, str> {
    match expected {
        "a string" | "a borrowed string" | "string or map" | "variant identifier"
        | "unit variant" => "a string".into(),
        "a boolean" => "true or false".into(),
        "a sequence" => "an array".into(),
        "a map" => "an object".into(),
        "u8" => "a whole number from 0 to 255".into(),
        "u16" => "a whole number from 0 to 65535".into(),
        "u32" => format!("a whole number from 0 to {}", u32::MAX).into(),
        "u64" | "usize" => "a whole number from 0".into(),
        "i32" | "i64" | "isize" => "a whole number".into(),
        "f32" | "f64" => "a number".into(),
        other if other.starts_with("struct ") => "an object".into(),
        other if other.starts_with("enum ") => "a string".into(),
        // chrono's description of a time format.
        other if other.contains("date and time") => {
            "a time of the form 2026-01-31T00:00:00Z".into()
        }
        other => other.into(),
    }
}

fn is_about_a_date(reason: &str) -> bool {
    // Each is the complete message of one of chrono's parse errors.
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

fn sentence(reason: &str) -> String {
    let mut chars = reason.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remedies_are_told_in_words_of_json() {
        for (reason, told) in [
            (
                "invalid type: integer `5`, expected a string",
                "Use a string, not a number.",
            ),
            (
                "invalid type: string \"a, expected b\", expected a sequence",
                "Use an array, not a string.",
            ),
            (
                "invalid type: sequence, expected a map",
                "Use an object, not an array.",
            ),
            (
                "invalid type: null, expected a boolean",
                "Use true or false, not null.",
            ),
            (
                "invalid value: integer `-1`, expected u32",
                "Use a whole number from 0 to 4294967295.",
            ),
            (
                "unknown variant `dev`, expected `live` or `test`",
                "Use live or test.",
            ),
            (
                "unknown variant `x`, expected one of `a`, `b`, `c`",
                "Use a, b, c.",
            ),
            (
                "trailing input",
                "Use a time of the form 2026-01-31T00:00:00Z.",
            ),
        ] {
            assert_eq!(remedy(reason), told);
        }
    }
}
