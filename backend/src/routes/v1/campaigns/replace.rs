//! `PUT /v1/campaigns/{id}`: replaces a draft.

use crate::{
    entity_tag::{Preconditions, tagged_json},
    error::ApiError,
    gateway::caller::ApiCaller,
    jobs::send_campaigns,
    json_body::Json,
    mail::address,
    models::campaign::Campaign,
    names,
    state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{
    campaign::{CampaignForm, CampaignView},
    ids::CampaignId,
    operation::ReplaceCampaign,
};

/// Replace a campaign
///
/// Replaces the content of a draft. A campaign that was started cannot be changed any more:
/// `campaign_not_editable`. With `If-Match`, a draft that was changed meanwhile stays as it is:
/// `precondition_failed`.
#[utoipa::path(put, path = "/v1/campaigns/{id}", tag = "Campaigns",
    params(("id" = CampaignId, Path, description = "The campaign's id",
        example = "cmp_5tRb1nZk8wQe2LpX"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of what you have read: \
            if it was changed since, the request is refused with `precondition_failed`",
            example = "\"3q2-7wAAAAAAAAAAAAAAAA\"")),
    request_body(content = CampaignForm, example = json!({"name": "Autumn sale",
        "subject": "Welcome, {{ first_name }}", "template_id": "welcome-v1",
        "contact_tags": ["newsletter", "customer"]})),
    responses((status = 200, description = "The draft, replaced", body = CampaignView,
        example = json!({"id": "cmp_5tRb1nZk8wQe2LpX", "name": "Autumn sale",
            "subject": "Welcome, {{ first_name }}", "template_id": "welcome-v1",
            "from": null, "contact_tags": ["newsletter", "customer"],
            "status": "draft", "recipients": 0, "queued": 0, "sent": 0, "failed": 0,
            "created_at": "2025-11-25T10:30:00Z", "updated_at": "2025-11-25T10:40:00Z",
            "failure_reason": null, "started_at": null, "completed_at": null, "html_body": null, "text_body": null,
            "waiting_for": null}))))]
pub async fn replace_campaign(
    caller: ApiCaller<ReplaceCampaign>,
    state: web::Data<AppState>,
    id: web::Path<CampaignId>,
    conditions: Preconditions,
    Json(mut form): Json<CampaignForm>,
) -> Result<HttpResponse, ApiError> {
    address::normalize_sender(&mut form.from)?;
    names::normalize(form.names_mut());
    form.validate().map_err(ApiError::fields)?;
    let form = send_campaigns::check_form(&state, &caller.key.tenant_id, form).await?;
    let (key, now) = (caller.key, state.clock.now_naive());
    let own_address = state.mail.own_address().to_owned();
    let campaign = state
        .db
        .write(move |conn| {
            let (tenant, environment) = (&key.tenant_id, key.environment);
            Campaign::draft_for_change(conn, tenant, environment, &id, &conditions)?
                .replace(conn, form, &own_address, now)?
                .into_view(conn)
        })
        .await?;
    tagged_json(HttpResponse::Ok(), &campaign)
}
