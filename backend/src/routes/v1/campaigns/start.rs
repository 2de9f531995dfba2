//! Starting and pausing campaigns.

use crate::{
    db::DbConnection,
    endpoint::{endpoint, message},
    error::ApiError,
    gateway::caller::ApiCaller,
    jobs::send_campaigns,
    keys::cache::KeyRecord,
    models::campaign::Campaign,
    state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{campaign::CampaignView, error::ErrorCode, ids::CampaignId, operation};
use std::sync::Arc;

/// Attempts to start a draft that is changed between its check and its start.
const MAX_TRIES: u32 = 3;

/// Start or resume a campaign
///
/// Starts a draft or resumes a paused campaign. With a live key, emails to real recipients go out
/// from now on, and those that were sent cannot be recalled. Use it once the draft is final and
/// approved by a person; try the content with a test key first.
///
/// At the first start its content is fixed, and so are its recipients: the active contacts with at
/// least one of `contact_tags`, or all active contacts if there are no tags. Each gets it once,
/// however often the campaign is paused and resumed. If it was paused meanwhile, a repeated request
/// resumes it. The first start is refused if the templates cannot be rendered for one of the first
/// 500 contacts. Requires both `campaigns:write` and an approved `emails:send_bulk`.
#[endpoint(operation::StartCampaign, retry(Retry::Refused(ErrorCode::IllegalTransition)),
    errors(InvalidField("html_body", message::REQUIRED_WITHOUT_TEMPLATE), SenderNotAllowed,
        UnknownTemplate("template_id",
        "There is no template welcome-v2 among the live templates."), QuotaExceeded,
        IllegalTransition, NoRecipients), tag = "Campaigns",
    params(("id" = CampaignId, Path, description = "Identifier of the campaign, with the prefix `cmp_`",
        example = "cmp_5tRb1nZk8wQe2LpX")),
    responses((status = 200, description = "The campaign is being sent", body = CampaignView,
        example = json!({"id": "cmp_5tRb1nZk8wQe2LpX", "name": "Autumn sale",
            "subject": "{{ first_name }}, everything is 20 % off", "template_id": null,
            "from": "Acme <news@acme.example>", "contact_tags": ["newsletter"],
            "status": "sending", "recipients": 1200, "queued": 0, "sent": 0, "failed": 0,
            "created_at": "2025-11-25T10:30:00Z", "updated_at": "2025-11-25T10:42:00Z",
            "failure_reason": null,
            "started_at": "2025-11-25T10:42:00Z", "completed_at": null,
            "html_body": "<p>Hello {{ first_name }}</p>", "text_body": null,
            "waiting_for": null}))))]
pub async fn start_campaign(
    caller: ApiCaller<operation::StartCampaign>,
    state: web::Data<AppState>,
    id: web::Path<CampaignId>,
) -> Result<HttpResponse, ApiError> {
    let key = caller.key;
    let id = id.into_inner();
    for _ in 0..MAX_TRIES {
        let checked = check(&state, &key, &id).await?;
        let now = state.clock.now_naive();
        let own_address = state.mail.own_address().to_owned();
        let key = key.clone();
        let id = id.clone();
        let start = move |conn: &mut DbConnection| {
            let tenant = &key.tenant_id;
            let environment = key.environment;
            let checked = checked.as_ref();
            let started =
                Campaign::start(conn, tenant, environment, &id, &own_address, checked, now)?;
            started.map(|campaign| campaign.into_view(conn)).transpose()
        };
        if let Some(campaign) = state.db.write(start).await? {
            return Ok(HttpResponse::Ok().json(campaign));
        }
    }
    let message = "The campaign or its template was changed while it was being started.";
    Err(ApiError::new(ErrorCode::Overloaded)
        .retry_after(1)
        .message(message))
}

/// Checks the templates of a draft without holding a database connection. `None` for a campaign
/// that was started before.
async fn check(
    state: &AppState,
    key: &Arc<KeyRecord>,
    id: &CampaignId,
) -> Result<Option<Campaign>, ApiError> {
    let now = state.clock.now_naive();
    let own_address = state.mail.own_address().to_owned();
    let key = key.clone();
    let id = id.clone();
    let load = move |conn: &mut DbConnection| {
        let tenant = &key.tenant_id;
        let environment = key.environment;
        Campaign::to_check(conn, tenant, environment, &id, &own_address, now)
    };
    match state.db.read(load).await? {
        Some((campaign, contacts)) => {
            let checked = send_campaigns::check(state, campaign, contacts).await?;
            Ok(Some(checked))
        }
        None => Ok(None),
    }
}

/// Pause a campaign
///
/// Pauses a campaign that is being sent. Queued emails stay in the queue until you start it again.
/// The few emails that are being sent at the moment still go out. Use it to stop a campaign
/// quickly, for example if its content is wrong; nothing is lost.
#[endpoint(operation::PauseCampaign, retry(Retry::Refused(ErrorCode::IllegalTransition)),
    errors(IllegalTransition), tag = "Campaigns",
    params(("id" = CampaignId, Path, description = "Identifier of the campaign, with the prefix `cmp_`",
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
    caller: ApiCaller<operation::PauseCampaign>,
    state: web::Data<AppState>,
    id: web::Path<CampaignId>,
) -> Result<HttpResponse, ApiError> {
    let key = caller.key;
    let now = state.clock.now_naive();
    let campaign = state
        .db
        .write(move |conn| {
            Campaign::pause(conn, &key.tenant_id, key.environment, &id, now)?.into_view(conn)
        })
        .await?;
    Ok(HttpResponse::Ok().json(campaign))
}
