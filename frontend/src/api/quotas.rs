//! The company's quotas.

use super::{ApiError, call, request};
use shared::{operation, quota::QuotasView};

/// Returns the quotas, and how much of each is used.
pub async fn get() -> Result<QuotasView, ApiError> {
    call(request::<operation::GetQuotas>(&[])).await
}
