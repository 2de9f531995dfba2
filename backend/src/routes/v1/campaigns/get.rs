//! `GET /v1/campaigns/{id}`: returns one campaign.

use crate::{
    entity_tag::tagged_json, error::ApiError, gateway::caller::ApiCaller,
    models::campaign::Campaign, state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{campaign::CampaignView, ids::CampaignId, operation::GetCampaign};

/// Get a campaign
///
/// Returns one campaign with its numbers of queued, sent and failed emails. Once a campaign with a
/// template is started, the response includes the template's bodies.
#[utoipa::path(get, path = "/v1/campaigns/{id}", tag = "Campaigns",
    params(("id" = CampaignId, Path, description = "The campaign's id",
        example = "cmp_5tRb1nZk8wQe2LpX")),
    responses((status = 200, description = "The campaign", body = CampaignView,
        example = json!({"id": "cmp_5tRb1nZk8wQe2LpX", "name": "Autumn sale",
            "subject": "{{ first_name }}, everything is 20 % off", "template_id": null,
            "from": "Acme <news@acme.example>", "contact_tags": ["newsletter"],
            "status": "sending", "recipients": 1200, "queued": 340, "sent": 860, "failed": 0,
            "created_at": "2025-11-25T10:30:00Z", "updated_at": "2025-11-25T10:42:00Z",
            "failure_reason": null, "started_at": "2025-11-25T10:42:00Z", "completed_at": null,
            "html_body": "<p>Hello {{ first_name }}</p>", "text_body": null,
            "waiting_for": null}))))]
pub async fn get_campaign(
    caller: ApiCaller<GetCampaign>,
    state: web::Data<AppState>,
    id: web::Path<CampaignId>,
) -> Result<HttpResponse, ApiError> {
    let key = caller.key;
    let campaign = state
        .db
        .read(move |conn| {
            Campaign::get(conn, &key.tenant_id, key.environment, &id)?.into_view(conn)
        })
        .await?;
    tagged_json(HttpResponse::Ok(), &campaign)
}
