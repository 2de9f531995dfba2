//! `POST /v1/campaigns/{id}/pause`: pauses a running campaign.

use crate::{
    error::ApiError, gateway::caller::ApiCaller, models::campaign::Campaign, state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{campaign::CampaignView, ids::CampaignId, operation::PauseCampaign};

/// Pause a campaign
///
/// Pauses a campaign that is being sent. Queued emails stay in the queue until you start it again.
/// The few emails that are being sent at the moment still go out.
#[utoipa::path(post, path = "/v1/campaigns/{id}/pause", tag = "Campaigns",
    params(("id" = CampaignId, Path, description = "The campaign's id",
        example = "cmp_5tRb1nZk8wQe2LpX")),
    responses((status = 200, description = "The campaign is halted", body = CampaignView,
        example = json!({"id": "cmp_5tRb1nZk8wQe2LpX", "name": "Autumn sale",
            "subject": "{{ first_name }}, everything is 20 % off", "template_id": null,
            "from": "Acme <news@acme.example>", "contact_tags": ["newsletter"],
            "status": "paused", "recipients": 1200, "queued": 340, "sent": 860, "failed": 0,
            "created_at": "2025-11-25T10:30:00Z", "updated_at": "2025-11-25T10:43:00Z",
            "failure_reason": null, "started_at": "2025-11-25T10:42:00Z", "completed_at": null,
            "html_body": "<p>Hello {{ first_name }}</p>", "text_body": null,
            "waiting_for": null}))))]
pub async fn pause_campaign(
    caller: ApiCaller<PauseCampaign>,
    state: web::Data<AppState>,
    id: web::Path<CampaignId>,
) -> Result<HttpResponse, ApiError> {
    let (key, now) = (caller.key, state.clock.now_naive());
    let campaign = state
        .db
        .write(move |conn| {
            Campaign::pause(conn, &key.tenant_id, key.environment, &id, now)?.into_view(conn)
        })
        .await?;
    Ok(HttpResponse::Ok().json(campaign))
}
