//! The query parameters of usage reports.

use crate::{error::ApiError, json, usage::time_range::TimeRange};
use actix_web::HttpRequest;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{
    Deserialize,
    de::{IntoDeserializer, value::Error as ValueError},
};
use shared::{
    error::{ErrorCode, FieldError},
    ids::KeyId,
    key::Environment,
    usage::{RANGE_MAX, UsageRange},
    validate,
};

/// The unparsed parameters. All are strings, so that each can be rejected by name.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UsageParams {
    /// Time range that ends now, or `custom` for the one from `from` to `to`.
    #[param(value_type = Option<UsageRange>, inline, example = "24h")]
    range: Option<String>,
    /// The first moment of a custom range.
    #[param(value_type = Option<DateTime<Utc>>, example = "2025-11-24T00:00:00Z")]
    from: Option<String>,
    /// The first moment after a custom range; now by default.
    #[param(value_type = Option<DateTime<Utc>>, example = "2025-11-25T00:00:00Z")]
    to: Option<String>,
    /// Only requests with this key and the keys that it has replaced or that have replaced it.
    #[param(value_type = Option<KeyId>, example = "key_4fGh7kQ2mXyZ")]
    key_id: Option<String>,
    /// The environment of the calling key; the default.
    #[param(value_type = Option<Environment>, inline, example = "test")]
    environment: Option<String>,
}

/// The parsed parameters. Equal queries of a tenant have equal reports.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UsageQuery {
    range: UsageRange,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    pub key_id: Option<KeyId>,
    /// `None` for the environment of the key.
    pub environment: Option<Environment>,
    /// Environment that the caller is confined to.
    pub confined_to: Option<Environment>,
}

impl UsageQuery {
    /// Parses the query string. Returns all errors at once.
    pub fn parse(request: &HttpRequest, now: DateTime<Utc>) -> Result<Self, ApiError> {
        let params: UsageParams = json::parse_query(request)?;
        let mut errors = Vec::new();
        let range = params
            .range
            .as_deref()
            .map_or(Some(UsageRange::default()), parse_range);
        if range.is_none() {
            errors.push(invalid("range", "Use 1h, 24h, 7d, 30d or custom."));
        }
        let from = parse_time("from", params.from.as_deref(), &mut errors);
        let to = parse_time("to", params.to.as_deref(), &mut errors);
        let key_id = params.key_id.map(KeyId::try_from);
        if matches!(key_id, Some(Err(_))) {
            errors.push(invalid(
                "key_id",
                "Use the id of a key, like key_4fGh7kQ2mXyZ.",
            ));
        }
        let environment = params.environment.as_deref().map(str::parse::<Environment>);
        if matches!(environment, Some(Err(_))) {
            errors.push(invalid("environment", "Use live or test."));
        }
        let query = Self {
            range: range.unwrap_or_default(),
            from,
            to,
            key_id: key_id.and_then(Result::ok),
            environment: environment.and_then(Result::ok),
            confined_to: None,
        };
        if errors.is_empty() {
            errors.extend(query.check_range(now));
        }
        if errors.is_empty() {
            Ok(query)
        } else {
            Err(ApiError::fields(errors))
        }
    }

    /// Checks the combination of `range`, `from` and `to`.
    fn check_range(&self, now: DateTime<Utc>) -> Option<FieldError> {
        if self.range != UsageRange::Custom {
            let only_custom = "Goes with range=custom only.";
            return match (self.from, self.to) {
                (Some(_), _) => Some(invalid("from", only_custom)),
                (None, Some(_)) => Some(invalid("to", only_custom)),
                (None, None) => None,
            };
        }
        let Some(from) = self.from else {
            return Some(invalid("from", "Is required with range=custom."));
        };
        let to = self.to.unwrap_or(now);
        if from >= now {
            Some(invalid("from", "Use a time that has passed."))
        } else if to <= from {
            Some(invalid("to", "Use a time after `from`."))
        } else if to - from > RANGE_MAX {
            Some(invalid("from", "Ask for at most 366 days at once."))
        } else {
            None
        }
    }

    /// Returns the requested time range.
    pub fn range(&self, now: DateTime<Utc>) -> TimeRange {
        let from = match self.range {
            UsageRange::Hour => now - TimeDelta::hours(1),
            UsageRange::Day => now - TimeDelta::hours(24),
            UsageRange::Week => now - TimeDelta::days(7),
            UsageRange::Month => now - TimeDelta::days(30),
            UsageRange::Custom => self.from.unwrap_or(now),
        };
        TimeRange::new(from, self.to.unwrap_or(now), now)
    }
}

fn invalid(field: &str, message: &str) -> FieldError {
    FieldError::new(field, ErrorCode::InvalidQuery, message)
}

fn parse_range(text: &str) -> Option<UsageRange> {
    let text: serde::de::value::StrDeserializer<'_, ValueError> = text.into_deserializer();
    UsageRange::deserialize(text).ok()
}

fn parse_time(
    field: &str,
    text: Option<&str>,
    errors: &mut Vec<FieldError>,
) -> Option<DateTime<Utc>> {
    let Ok(time) = text?.parse() else {
        errors.push(invalid(field, "Use a time like 2026-11-25T14:30:00Z."));
        return None;
    };
    if let Err(message) = validate::timestamp(time) {
        errors.push(invalid(field, message));
    }
    Some(time)
}
