use super::{ApiError, call, call_with, request};
use shared::{
    operation,
    plan::{ChangePlan, Plan, PlanView},
};

/// Returns the tenant's plan with its limits.
pub async fn get() -> Result<PlanView, ApiError> {
    call(request::<operation::GetPlan>(&[])).await
}

/// Changes the tenant's plan and returns it with its limits.
pub async fn change(plan: Plan) -> Result<PlanView, ApiError> {
    call_with(request::<operation::ChangePlan>(&[]), &ChangePlan { plan }).await
}
