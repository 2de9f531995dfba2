//! `GET` and `PUT /api/v1/tenant/plan`: returns and changes the plan.

use crate::{
    auth::authorized::Authorized,
    endpoint::{endpoint, message},
    error::ApiError,
    json_body::Json,
    models::tenant::Tenant,
    state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{
    audit::Action,
    operation,
    plan::{ChangePlan, PlanView},
};

/// Get the plan
///
/// Returns the name of the account's plan and the rate limits in effect. They differ from the
/// plan's if the operator has set others. Use it to see how many requests per minute are allowed.
#[endpoint(operation::GetPlan, tag = "Management",
    responses((status = 200, description = "The plan", body = PlanView,
        example = json!({"plan": "professional", "rate_per_minute": 300, "burst": 500}))))]
pub async fn get_plan(
    caller: Authorized<operation::GetPlan>,
    state: web::Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let tenant = state
        .db
        .read(move |conn| Tenant::get(conn, &caller.tenant_id))
        .await?;
    Ok(HttpResponse::Ok().json(tenant.plan_view()?))
}

/// Change the plan
///
/// Updates the account's plan. The limits and quotas of the new plan apply from the next request
/// on, unless the operator has set others. Requests that you have already used still count, and no
/// data is deleted if the new quotas are smaller. This call makes no payment. Use it only after a
/// person has agreed to the plan.
#[endpoint(operation::ChangePlan, retry(Retry::SameEffect),
    examples(UnknownField("scopes", message::UNKNOWN_NAME)),
    tag = "Management",
    request_body(content = ChangePlan, example = json!({"plan": "business"})),
    responses((status = 200, description = "The new plan", body = PlanView,
        example = json!({"plan": "business", "rate_per_minute": 1000, "burst": 2000}))))]
pub async fn change_plan(
    caller: Authorized<operation::ChangePlan>,
    state: web::Data<AppState>,
    Json(form): Json<ChangePlan>,
) -> Result<HttpResponse, ApiError> {
    let at = state.clock.now_naive();
    let tenant = state
        .db
        .write(move |conn| {
            let id = &caller.tenant_id;
            let before = Tenant::get(conn, id)?;
            Tenant::set_plan(conn, id, form.plan)?;
            let after = Tenant::get(conn, id)?;
            let event = caller.audit_event(Action::PlanChanged, id.as_str(), at);
            event.record_updated(conn, &before.audited()?, &after.audited()?)?;
            Ok(after)
        })
        .await?;
    state.tenants.refresh(&tenant)?;
    Ok(HttpResponse::Ok().json(tenant.plan_view()?))
}
