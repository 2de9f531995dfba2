//! The requests that a usage report covers.

use crate::{
    db::DbConnection,
    error::ApiError,
    models::api_key::{ApiKey, VisibleKeys},
    usage::query::UsageQuery,
};
use shared::{
    error::{ErrorCode, FieldError},
    ids::TenantId,
    key::Environment,
    usage::UNKNOWN_PATH,
};

/// The requests of one environment, or of one lineage of keys.
#[derive(Debug, Clone)]
pub struct Subject {
    pub tenant: TenantId,
    pub environment: Environment,
    /// Limits the report to the keys that replaced each other by rotation.
    pub lineage: Option<String>,
}

impl Subject {
    /// Resolves the key and environment of a query. Returns 404 if the caller cannot see the key,
    /// and 400 if the key belongs to another environment than the requested one.
    pub fn resolve(
        conn: &mut DbConnection,
        tenant: TenantId,
        query: &UsageQuery,
    ) -> Result<Self, ApiError> {
        let visible = VisibleKeys {
            tenant,
            environment: query.confined_to,
        };
        let Some(id) = &query.key_id else {
            return Ok(Self {
                tenant: visible.tenant,
                environment: query.environment.unwrap_or(Environment::Live),
                lineage: None,
            });
        };
        let key = ApiKey::get(conn, &visible, id)?;
        let environment = key.environment()?;
        if query.environment.is_some_and(|it| it != environment) {
            let message = format!("The key is a {} key. Leave this out.", environment.as_str());
            let error = FieldError::new("environment", ErrorCode::InvalidQuery, message);
            return Err(ApiError::fields(vec![error]));
        }
        Ok(Self {
            tenant: visible.tenant,
            environment,
            lineage: Some(key.lineage_id),
        })
    }
}

/// Splits a stored route into method and path. Older rows of unknown paths have no method.
pub fn split_route(route: &str) -> (&str, &str) {
    route.split_once(' ').unwrap_or(("", UNKNOWN_PATH))
}
