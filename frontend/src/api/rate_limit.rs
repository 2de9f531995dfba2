//! The state of the rate limits.

use super::{ApiError, call};
use gloo_net::http::Request;
use shared::{key::Environment, rate_limit::RateLimitView};

/// How much of an environment's rate is in use.
pub async fn get(environment: Environment) -> Result<RateLimitView, ApiError> {
    let query = [("environment", environment.as_str())];
    call(Request::get("/api/v1/tenant/rate-limit").query(query)).await
}
