//! `GET /api/v1/tenant/audit-log`: lists the audit log.

use crate::{
    auth::authorized::Authorized,
    endpoint::endpoint,
    error::ApiError,
    json,
    models::audit::{self, AuditLogFilter},
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use shared::{
    audit::{Action, AuditEntry},
    operation,
    page::Page,
};

/// Query parameters of the audit log.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Only entries with this action.
    #[param(example = "key.created", inline)]
    action: Option<Action>,
    /// Only entries about the key, user, session or tenant with this id.
    #[param(example = "key_4fGh7kQ2mXyZ")]
    subject_id: Option<String>,
    /// The number of entries per page, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// List the audit log
///
/// Returns the recorded actions, newest first: the user or key, the IP address, and the values
/// before and after the change. Entries cannot be changed or deleted through the API. Use it to
/// find out who created, widened or revoked a key.
#[endpoint(operation::ListAuditLog, examples(InvalidQuery("limit", "Use 1 to 100.")),
    tag = "Management", params(ListQuery),
    responses((status = 200, description = "A page of the audit log", body = Page<AuditEntry>,
        example = json!({"data": [{"id": "aud_4fGh7kQ2mXyZ8sJd", "at": "2025-11-25T10:30:00Z",
            "actor": {"type": "user", "id": "usr_4fGh7kQ2mXyZ8sJd", "email": "owner@example.com",
                "address": "203.0.113.7"},
            "action": "plan.changed", "subject_id": "ten_4fGh7kQ2mXyZ8sJd",
            "before": {"plan": "starter"}, "after": {"plan": "professional"}}],
            "total": 1, "next_cursor": null}))))]
pub async fn list_audit_log(
    caller: Authorized<operation::ListAuditLog>,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let query: ListQuery = json::parse_query(&request)?;
    let filter = AuditLogFilter {
        action: query.action,
        subject_id: query.subject_id,
        limit: json::page_limit(query.limit)?,
        after: json::cursor(query.cursor.as_deref())?,
    };
    let page = state
        .db
        .read(move |conn| audit::list(conn, &caller.tenant_id, filter))
        .await?;
    Ok(HttpResponse::Ok().json(page))
}
