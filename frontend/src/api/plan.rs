//! The company's plan.

use super::{ApiError, call, request};
use shared::{operation, plan::PlanView};

/// The plan with the limits that apply.
pub async fn get() -> Result<PlanView, ApiError> {
    call(request::<operation::GetPlan>(&[])).await
}
