//! `GET /v1/campaigns`: lists campaigns.

use crate::{
    error::ApiError,
    gateway::caller::ApiCaller,
    json,
    models::campaign::{Campaign, CampaignFilter},
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use shared::{
    campaign::{CampaignStatus, CampaignSummary},
    operation::ListCampaigns,
    page::Page,
};

/// Query parameters of the list of campaigns.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Part of a name or subject.
    #[param(example = "autumn")]
    search: Option<String>,
    /// Only campaigns in this status.
    #[param(example = "sending", inline)]
    status: Option<CampaignStatus>,
    /// The number of campaigns per page, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// List campaigns
///
/// Returns the campaigns in the key's environment, newest first, without their bodies.
#[utoipa::path(get, path = "/v1/campaigns", tag = "Campaigns", params(ListQuery),
    responses((status = 200, description = "A page of campaigns", body = Page<CampaignSummary>,
        example = json!({"data": [{"id": "cmp_5tRb1nZk8wQe2LpX", "name": "Autumn sale",
            "subject": "{{ first_name }}, everything is 20 % off", "template_id": null,
            "from": "Acme <news@acme.example>", "contact_tags": ["newsletter"],
            "status": "completed", "recipients": 1200, "queued": 0, "sent": 1198, "failed": 2,
            "created_at": "2025-11-25T10:30:00Z", "updated_at": "2025-11-25T10:42:00Z",
            "failure_reason": null, "started_at": "2025-11-25T10:42:00Z", "completed_at": "2025-11-25T10:44:10Z"}],
            "total": 1, "next_cursor": null}))))]
pub async fn list_campaigns(
    caller: ApiCaller<ListCampaigns>,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let query: ListQuery = json::parse_query(&request)?;
    let filter = CampaignFilter {
        search: query.search.filter(|search| !search.is_empty()),
        status: query.status,
        limit: json::page_limit(query.limit)?,
        after: json::cursor(query.cursor.as_deref())?,
    };
    let key = caller.key;
    let page = state
        .db
        .read(move |conn| Campaign::list(conn, &key.tenant_id, key.environment, filter))
        .await?;
    Ok(HttpResponse::Ok().json(page))
}
