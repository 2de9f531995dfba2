//! `/v1/campaigns`: campaigns, which send one email to many contacts.

mod start;

use crate::{
    endpoint::{Bound, endpoint, message},
    entity_tag::{Preconditions, tagged_json},
    error::ApiError,
    gateway::caller::ApiCaller,
    jobs::send_campaigns,
    json,
    json_body::Json,
    mail::address,
    models::campaign::{Campaign, CampaignFilter},
    names,
    random::new_id,
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use shared::{
    campaign::{CampaignForm, CampaignStatus, CampaignSummary, CampaignView, NAME_MAX_CHARS},
    contact::{TAG_MAX_CHARS, TAGS_MAX},
    email::{BODY_MAX_BYTES, SUBJECT_MAX_CHARS},
    ids::CampaignId,
    operation,
    page::{Deleted, Page},
};

const BOUNDS: &[(&str, Bound)] = &[
    ("name", Bound::Text(1, NAME_MAX_CHARS)),
    ("subject", Bound::Text(1, SUBJECT_MAX_CHARS)),
    ("html_body", Bound::Text(1, BODY_MAX_BYTES)),
    ("text_body", Bound::Text(1, BODY_MAX_BYTES)),
    ("contact_tags", Bound::Texts(TAGS_MAX, TAG_MAX_CHARS)),
    (
        "template_id",
        Bound::Replaces {
            fields: &["html_body", "text_body"],
            required: &["html_body"],
        },
    ),
];

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
/// Returns the campaigns in the key's environment, newest first, without their bodies. Each has its
/// status and the numbers of recipients and of queued, sent and failed emails. Use it to find a
/// campaign by its name, subject or status.
#[endpoint(operation::ListCampaigns, examples(InvalidQuery("limit", "Use 1 to 100.")),
    tag = "Campaigns", params(ListQuery),
    responses((status = 200, description = "A page of campaigns", body = Page<CampaignSummary>,
        example = json!({"data": [{"id": "cmp_5tRb1nZk8wQe2LpX", "name": "Autumn sale",
            "subject": "{{ first_name }}, everything is 20 % off", "template_id": null,
            "from": "Acme <news@acme.example>", "contact_tags": ["newsletter"],
            "status": "completed", "recipients": 1200, "queued": 0, "sent": 1198, "failed": 2,
            "created_at": "2025-11-25T10:30:00Z", "updated_at": "2025-11-25T10:42:00Z",
            "failure_reason": null, "started_at": "2025-11-25T10:42:00Z", "completed_at": "2025-11-25T10:44:10Z"}],
            "total": 1, "next_cursor": null}))))]
pub async fn list_campaigns(
    caller: ApiCaller<operation::ListCampaigns>,
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

/// Create a campaign
///
/// Creates a draft. Nothing is sent until you start it. Use it to prepare one email to many
/// contacts; for an email to one person, there is `POST /v1/emails/send`.
///
/// Subject and bodies are templates with the variables `{{ first_name }}`, `{{ last_name }}`,
/// `{{ email }}`, `{{ unsubscribe_url }}` and all attributes of the contact. A contact without a
/// required variable is skipped and counted as failed; `{{ company|default("your company") }}`
/// avoids that.
#[endpoint(operation::CreateCampaign, etag, retry(Retry::Repeats),
    errors(SenderNotAllowed, UnknownTemplate("template_id",
        "There is no template welcome-v2 among the live templates."), QuotaExceeded),
    examples(InvalidField("html_body", message::REQUIRED_WITHOUT_TEMPLATE), UnknownField("html",
        message::UNKNOWN_NAME)), bounds(BOUNDS), tag = "Campaigns",
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
    caller: ApiCaller<operation::CreateCampaign>,
    state: web::Data<AppState>,
    Json(mut form): Json<CampaignForm>,
) -> Result<HttpResponse, ApiError> {
    address::normalize_sender(&mut form.from)?;
    names::normalize(form.names_mut());
    form.validate().map_err(ApiError::fields)?;
    let form = send_campaigns::check_form(&state, &caller.key.tenant_id, form).await?;
    let id: CampaignId = new_id().map_err(ApiError::internal)?;
    let key = caller.key;
    let now = state.clock.now_naive();
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

/// Get a campaign
///
/// Returns one campaign with its numbers of queued, sent and failed emails. Once a campaign with a
/// template is started, the response includes the template's bodies. Use it to follow the progress
/// of sending. Opens and clicks are in the campaign's analytics.
#[endpoint(operation::GetCampaign, etag, tag = "Campaigns",
    params(("id" = CampaignId, Path, description = "Identifier of the campaign, with the prefix `cmp_`",
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
    caller: ApiCaller<operation::GetCampaign>,
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

/// Replace a campaign
///
/// Replaces the content of a draft; properties that you leave out get their defaults. Nothing is
/// sent. Use it to correct a campaign before you start it: afterwards, it cannot be changed any
/// more (`campaign_not_editable`). With `If-Match`, a draft that was changed meanwhile stays as it
/// is: `precondition_failed`.
#[endpoint(operation::ReplaceCampaign, etag, retry(Retry::SameEffect),
    errors(SenderNotAllowed, UnknownTemplate("template_id",
        "There is no template welcome-v2 among the live templates."), QuotaExceeded,
        CampaignNotEditable, PreconditionFailed),
    examples(InvalidField("html_body", message::REQUIRED_WITHOUT_TEMPLATE), UnknownField("html",
        message::UNKNOWN_NAME)), bounds(BOUNDS), tag = "Campaigns",
    params(("id" = CampaignId, Path, description = "Identifier of the campaign, with the prefix `cmp_`",
        example = "cmp_5tRb1nZk8wQe2LpX"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read: if the \
            resource has changed since, the response is 412 `precondition_failed`",
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
    caller: ApiCaller<operation::ReplaceCampaign>,
    state: web::Data<AppState>,
    id: web::Path<CampaignId>,
    conditions: Preconditions,
    Json(mut form): Json<CampaignForm>,
) -> Result<HttpResponse, ApiError> {
    address::normalize_sender(&mut form.from)?;
    names::normalize(form.names_mut());
    form.validate().map_err(ApiError::fields)?;
    let form = send_campaigns::check_form(&state, &caller.key.tenant_id, form).await?;
    let key = caller.key;
    let now = state.clock.now_naive();
    let own_address = state.mail.own_address().to_owned();
    let campaign = state
        .db
        .write(move |conn| {
            let tenant = &key.tenant_id;
            let environment = key.environment;
            Campaign::draft_for_change(conn, tenant, environment, &id, &conditions)?
                .replace(conn, form, &own_address, now)?
                .into_view(conn)
        })
        .await?;
    tagged_json(HttpResponse::Ok(), &campaign)
}

/// Delete a campaign
///
/// Deletes a campaign that is a draft, completed or failed, together with its analytics. This
/// cannot be undone. Its emails and their bodies stay in the list of emails. Use it to clean up; it
/// does not stop a campaign that is being sent, which you can only pause.
#[endpoint(operation::DeleteCampaign, retry(Retry::Refused(ErrorCode::NotFound)),
    errors(CampaignNotEditable, PreconditionFailed),
    tag = "Campaigns",
    params(("id" = CampaignId, Path, description = "Identifier of the campaign, with the prefix `cmp_`",
        example = "cmp_5tRb1nZk8wQe2LpX"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read: if the \
            resource has changed since, the response is 412 `precondition_failed`",
            example = "\"3q2-7wAAAAAAAAAAAAAAAA\"")),
    responses((status = 200, description = "The campaign was deleted", body = Deleted<CampaignId>,
        example = json!({"id": "cmp_5tRb1nZk8wQe2LpX", "deleted": true}))))]
pub async fn delete_campaign(
    caller: ApiCaller<operation::DeleteCampaign>,
    state: web::Data<AppState>,
    id: web::Path<CampaignId>,
    conditions: Preconditions,
) -> Result<HttpResponse, ApiError> {
    let key = caller.key;
    let id = id.into_inner();
    let deleted = Deleted::of(id.clone());
    let now = state.clock.now_naive();
    state
        .db
        .write(move |conn| {
            let tenant = &key.tenant_id;
            let environment = key.environment;
            Campaign::delete(conn, tenant, environment, &id, &conditions, now)
        })
        .await?;
    Ok(HttpResponse::Ok().json(deleted))
}
