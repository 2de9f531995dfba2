//! `DELETE /v1/campaigns/{id}`: deletes a campaign.

use crate::{
    entity_tag::Preconditions, error::ApiError, gateway::caller::ApiCaller,
    models::campaign::Campaign, state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{ids::CampaignId, operation::DeleteCampaign, page::Deleted};

/// Delete a campaign
///
/// Deletes a campaign that is a draft, completed or failed. Its emails and their bodies stay in the
/// list of emails; the campaign's analytics are deleted.
#[utoipa::path(delete, path = "/v1/campaigns/{id}", tag = "Campaigns",
    params(("id" = CampaignId, Path, description = "The campaign's id",
        example = "cmp_5tRb1nZk8wQe2LpX"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of what you have read: \
            if it was changed since, the request is refused with `precondition_failed`",
            example = "\"3q2-7wAAAAAAAAAAAAAAAA\"")),
    responses((status = 200, description = "The campaign is gone", body = Deleted<CampaignId>,
        example = json!({"id": "cmp_5tRb1nZk8wQe2LpX", "deleted": true}))))]
pub async fn delete_campaign(
    caller: ApiCaller<DeleteCampaign>,
    state: web::Data<AppState>,
    id: web::Path<CampaignId>,
    conditions: Preconditions,
) -> Result<HttpResponse, ApiError> {
    let (key, id) = (caller.key, id.into_inner());
    let (deleted, now) = (Deleted::of(id.clone()), state.clock.now_naive());
    state
        .db
        .write(move |conn| {
            let (tenant, environment) = (&key.tenant_id, key.environment);
            Campaign::delete(conn, tenant, environment, &id, &conditions, now)
        })
        .await?;
    Ok(HttpResponse::Ok().json(deleted))
}
