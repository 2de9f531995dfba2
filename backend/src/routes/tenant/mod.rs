//! The tenant's usage of the API, for the dashboard.

mod api_usage;
mod audit_log;
mod errors_csv;
mod example;
mod live;
mod plan;
mod quotas;
mod rate_limit;
mod request;

use crate::{auth::authorized::Authorized, error::ApiError, usage::query::UsageQuery};
use actix_web::HttpRequest;
use chrono::{DateTime, Utc};

/// Parses the query of a usage report and checks that the caller may read its environment.
fn usage_query<R>(
    request: &HttpRequest,
    caller: &Authorized<R>,
    now: DateTime<Utc>,
) -> Result<UsageQuery, ApiError> {
    let mut query = UsageQuery::parse(request, now)?;
    let environment = caller.requested_environment(query.environment)?;
    if query.key_id.is_none() {
        query.environment = Some(environment);
    }
    query.confined_to = caller.environment();
    Ok(query)
}
