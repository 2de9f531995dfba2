use super::{ApiError, call, request};
use shared::{key::Environment, operation, rate_limit::RateLimitView};

/// Returns the rate limit of an environment with its current usage.
pub async fn get(environment: Environment) -> Result<RateLimitView, ApiError> {
    let query = [("environment", environment.as_str())];
    call(request::<operation::GetRateLimit>(&[]).query(query)).await
}
