//! `POST /v1/campaigns/{id}/start`

use crate::{
    error::ApiError, gateway::caller::ApiCaller, models::campaign::Campaign, state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{campaign::CampaignView, ids::CampaignId, operation::StartCampaign};

/// Start or resume a campaign
///
/// Starts a draft, or goes on with a paused campaign. It goes to the active contacts
/// with one of `contact_tags` that there are at the first start, once to each; what it
/// says is settled then. Needs both `campaigns:write` and an approved `emails:send_bulk`.
#[utoipa::path(post, path = "/v1/campaigns/{id}/start", tag = "Campaigns",
    params(("id" = CampaignId, Path, description = "The campaign's id",
        example = "cmp_5tRb1nZk8wQe2LpX")),
    responses((status = 200, description = "The campaign is being sent", body = CampaignView,
        example = json!({"id": "cmp_5tRb1nZk8wQe2LpX", "name": "Autumn sale",
            "subject": "{{ first_name }}, everything is 20 % off", "template_id": null,
            "from": "Acme <news@acme.example>", "contact_tags": ["newsletter"],
            "status": "sending", "recipients": 1200, "queued": 0, "sent": 0, "failed": 0,
            "created_at": "2025-11-25T10:30:00Z", "updated_at": "2025-11-25T10:42:00Z",
            "started_at": "2025-11-25T10:42:00Z", "completed_at": null,
            "html_body": "<p>Hello {{ first_name }}</p>", "text_body": null}))))]
pub async fn start_campaign(
    caller: ApiCaller<StartCampaign>,
    state: web::Data<AppState>,
    id: web::Path<CampaignId>,
) -> Result<HttpResponse, ApiError> {
    let (key, now) = (caller.key, state.clock.now_naive());
    let own_address = state.mail.own_address().to_owned();
    let campaign = state
        .db
        .write(move |conn| {
            Campaign::start(
                conn,
                &key.tenant_id,
                key.environment,
                &id,
                &own_address,
                now,
            )?
            .into_view(conn)
        })
        .await?;
    Ok(HttpResponse::Ok().json(campaign))
}
