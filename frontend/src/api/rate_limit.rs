//! The state of the rate limits.

use super::{ApiError, call, request};
use shared::{key::Environment, operation, rate_limit::RateLimitView};

/// How much of an environment's rate is in use.
pub async fn get(environment: Environment) -> Result<RateLimitView, ApiError> {
    let query = [("environment", environment.as_str())];
    call(request::<operation::GetRateLimit>(&[]).query(query)).await
}
