//! `POST /v1/campaigns`: creates a draft.

use crate::{
    entity_tag::tagged_json, error::ApiError, gateway::caller::ApiCaller, jobs::send_campaigns,
    json_body::Json, mail::address, models::campaign::Campaign, names, random::random_base62,
    state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{
    campaign::{CampaignForm, CampaignView},
    ids::CampaignId,
    operation::CreateCampaign,
};

/// Create a campaign
///
/// Creates a draft. Nothing is sent until you start it. Subject and bodies are templates with the
/// variables `{{ first_name }}`, `{{ last_name }}`, `{{ email }}`, `{{ unsubscribe_url }}` and all
/// attributes of the contact. A contact without a required variable is skipped and counted as
/// failed; `{{ company|default("your company") }}` avoids that.
#[utoipa::path(post, path = "/v1/campaigns", tag = "Campaigns",
    request_body(content = CampaignForm, example = json!({"name": "Autumn sale",
        "subject": "{{ first_name }}, everything is 20 % off",
        "html_body": "<p>Hello {{ first_name }}, <a href=\"https://acme.example/sale\">have a look</a>.</p>",
        "contact_tags": ["newsletter"]})),
    responses((status = 201, description = "The draft", body = CampaignView,
        example = json!({"id": "cmp_5tRb1nZk8wQe2LpX", "name": "Autumn sale",
            "subject": "{{ first_name }}, everything is 20 % off", "template_id": null,
            "from": null, "contact_tags": ["newsletter"],
            "status": "draft", "recipients": 0, "queued": 0, "sent": 0, "failed": 0,
            "created_at": "2025-11-25T10:30:00Z", "updated_at": "2025-11-25T10:30:00Z",
            "failure_reason": null, "started_at": null, "completed_at": null,
            "html_body": "<p>Hello {{ first_name }}, <a href=\"https://acme.example/sale\">have a look</a>.</p>",
            "text_body": null,
            "waiting_for": null}))))]
pub async fn create_campaign(
    caller: ApiCaller<CreateCampaign>,
    state: web::Data<AppState>,
    Json(mut form): Json<CampaignForm>,
) -> Result<HttpResponse, ApiError> {
    address::normalize_sender(&mut form.from)?;
    names::normalize(form.names_mut());
    form.validate().map_err(ApiError::fields)?;
    let form = send_campaigns::check_form(&state, &caller.key.tenant_id, form).await?;
    let id = random_base62(16).map_err(ApiError::internal)?;
    let id = CampaignId::new(format!("{}{id}", CampaignId::PREFIX));
    let (key, now) = (caller.key, state.clock.now_naive());
    let own_address = state.mail.own_address().to_owned();
    let campaign = state
        .db
        .write(move |conn| {
            Campaign::create(
                conn,
                &key.tenant_id,
                key.environment,
                id,
                form,
                &own_address,
                now,
            )?
            .into_view(conn)
        })
        .await?;
    tagged_json(HttpResponse::Created(), &campaign)
}
