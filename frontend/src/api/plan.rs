use super::{ApiError, call, request};
use shared::{operation, plan::PlanView};

/// Returns the tenant's plan with its limits.
pub async fn get() -> Result<PlanView, ApiError> {
    call(request::<operation::GetPlan>(&[])).await
}
