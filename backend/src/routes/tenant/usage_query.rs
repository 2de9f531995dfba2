//! The query of everything that is asked about the use of the API.

use crate::{
    auth::authorized::Authorized,
    db::DbConnection,
    error::ApiError,
    json,
    models::{
        api_key::{ApiKey, VisibleKeys},
        usage::subject::Subject,
    },
    usage::period::Period,
};
use actix_web::HttpRequest;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{
    Deserialize,
    de::{IntoDeserializer, value::Error as ValueError},
};
use shared::{
    error::{ErrorCode, FieldError},
    ids::{KeyId, TenantId},
    key::Environment,
    usage::{RANGE_MAX, UsageRange},
    validate,
};

/// The query as it comes. Every value is a text, so that each can be refused by its name.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UsageTexts {
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

/// What is asked about. Equal queries have equal answers for a while.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UsageQuery {
    range: UsageRange,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    key_id: Option<KeyId>,
    /// `None` for that of the key.
    environment: Option<Environment>,
    /// The only environment whose keys the caller can see.
    confined_to: Option<Environment>,
}

impl UsageQuery {
    /// Reads the query string and reports every fault of it at once. Refuses a key that
    /// asks for another environment than its own.
    pub fn of<R>(
        request: &HttpRequest,
        caller: &Authorized<R>,
        now: DateTime<Utc>,
    ) -> Result<Self, ApiError> {
        let texts: UsageTexts = json::parse_query(request)?;
        let mut faults = Vec::new();
        let mut read = |field, fault: &str| {
            faults.push(FieldError::new(field, ErrorCode::InvalidQuery, fault));
        };
        let range = texts
            .range
            .as_deref()
            .map_or(Some(UsageRange::default()), range_of);
        if range.is_none() {
            read("range", "Use 1h, 24h, 7d, 30d or custom.");
        }
        let mut moment = |field, text: Option<&String>| {
            let parsed = text.map(|text| text.parse::<DateTime<Utc>>());
            match parsed {
                Some(Err(_)) => read(field, "Use a time like 2026-11-25T14:30:00Z."),
                Some(Ok(time)) => {
                    if let Err(message) = validate::timestamp(time) {
                        read(field, message);
                    }
                }
                None => {}
            }
            parsed.and_then(Result::ok)
        };
        let (from, to) = (
            moment("from", texts.from.as_ref()),
            moment("to", texts.to.as_ref()),
        );
        let key_id = texts.key_id.clone().map(KeyId::try_from);
        if matches!(key_id, Some(Err(_))) {
            read("key_id", "Use the id of a key, like key_4fGh7kQ2mXyZ.");
        }
        let environment = texts.environment.as_deref().map(str::parse::<Environment>);
        if matches!(environment, Some(Err(_))) {
            read("environment", "Use live or test.");
        }
        let mut query = Self {
            range: range.unwrap_or_default(),
            from,
            to,
            key_id: key_id.and_then(Result::ok),
            environment: environment.and_then(Result::ok),
            confined_to: caller.environment(),
        };
        if faults.is_empty() {
            faults.extend(query.fault(now));
        }
        if !faults.is_empty() {
            return Err(ApiError::fields(faults));
        }
        let environment = caller.requested_environment(query.environment)?;
        if query.key_id.is_none() {
            query.environment = Some(environment);
        }
        Ok(query)
    }

    /// What is wrong although each value for itself is right.
    fn fault(&self, now: DateTime<Utc>) -> Option<FieldError> {
        let fault =
            |field, message: &str| Some(FieldError::new(field, ErrorCode::InvalidQuery, message));
        if self.range != UsageRange::Custom {
            let only_custom = "Goes with range=custom only.";
            return match (self.from, self.to) {
                (Some(_), _) => fault("from", only_custom),
                (None, Some(_)) => fault("to", only_custom),
                (None, None) => None,
            };
        }
        let Some(from) = self.from else {
            return fault("from", "Is required with range=custom.");
        };
        let to = self.to.unwrap_or(now);
        if from >= now {
            fault("from", "Use a time that has passed.")
        } else if to <= from {
            fault("to", "Use a time after `from`.")
        } else if to - from > RANGE_MAX {
            fault("from", "Ask for at most 366 days at once.")
        } else {
            None
        }
    }

    /// The time that it is about.
    pub fn period(&self, now: DateTime<Utc>) -> Period {
        let from = match self.range {
            UsageRange::Hour => now - TimeDelta::hours(1),
            UsageRange::Day => now - TimeDelta::hours(24),
            UsageRange::Week => now - TimeDelta::days(7),
            UsageRange::Month => now - TimeDelta::days(30),
            UsageRange::Custom => self.from.unwrap_or(now),
        };
        Period::new(from, self.to.unwrap_or(now), now)
    }

    /// Whose requests it is about; 404 if the caller cannot see the key, 400 if the key is
    /// not of the requested environment.
    pub fn subject(&self, conn: &mut DbConnection, tenant: TenantId) -> Result<Subject, ApiError> {
        let visible = VisibleKeys {
            tenant,
            environment: self.confined_to,
        };
        let Some(id) = &self.key_id else {
            return Ok(Subject {
                tenant: visible.tenant,
                environment: self.environment.unwrap_or(Environment::Live),
                lineage: None,
            });
        };
        let key = ApiKey::get(conn, &visible, id)?;
        let environment = key.environment()?;
        if self.environment.is_some_and(|it| it != environment) {
            let message = format!("The key is a {} key. Leave this out.", environment.as_str());
            let fault = FieldError {
                field: "environment".to_owned(),
                code: ErrorCode::InvalidQuery,
                message,
            };
            return Err(ApiError::fields(vec![fault]));
        }
        Ok(Subject {
            tenant: visible.tenant,
            environment,
            lineage: Some(key.lineage_id),
        })
    }
}

fn range_of(text: &str) -> Option<UsageRange> {
    let text: serde::de::value::StrDeserializer<'_, ValueError> = text.into_deserializer();
    UsageRange::deserialize(text).ok()
}
