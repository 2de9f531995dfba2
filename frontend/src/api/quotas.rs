use super::{ApiError, call, request};
use shared::{operation, quota::QuotasView};

/// Returns the quotas with their current usage.
pub async fn get() -> Result<QuotasView, ApiError> {
    call(request::<operation::GetQuotas>(&[])).await
}
