//! `GET /api/v1/tenant/audit-log`

use crate::{
    auth::authorized::Authorized,
    error::ApiError,
    json,
    models::audit::{self, Filter},
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use shared::{audit::Action, operation::ListAuditLog};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    action: Option<Action>,
    subject_id: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// A page of the tenant's audit log, newest first.
pub async fn list_audit_log(
    caller: Authorized<ListAuditLog>,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let query: Query = json::parse_query(&request)?;
    let filter = Filter {
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
