//! The company's plan.

use super::{ApiError, call};
use gloo_net::http::Request;
use shared::plan::PlanView;

/// The plan with the limits that apply.
pub async fn get() -> Result<PlanView, ApiError> {
    call(Request::get("/api/v1/tenant/plan")).await
}
