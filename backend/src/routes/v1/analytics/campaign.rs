//! `GET /v1/analytics/campaigns/{id}`: returns a campaign's analytics.

use crate::{
    error::ApiError, gateway::caller::ApiCaller, models::campaign::Campaign, state::AppState,
};
use actix_web::{HttpResponse, web};
use shared::{campaign::CampaignAnalytics, ids::CampaignId, operation::GetCampaignAnalytics};

/// Get a campaign's analytics
///
/// Returns the delivery, open and click counts of a campaign's emails. Repeated opens and clicks of
/// an email count once; only `links` counts all clicks. `delivered` and `complained` are known only
/// if the mail server reports them, as the sandbox does.
#[utoipa::path(get, path = "/v1/analytics/campaigns/{id}", tag = "Analytics",
    params(("id" = CampaignId, Path, description = "The campaign's id",
        example = "cmp_5tRb1nZk8wQe2LpX")),
    responses((status = 200, description = "What became of the campaign",
        body = CampaignAnalytics,
        example = json!({"campaign_id": "cmp_5tRb1nZk8wQe2LpX", "name": "Autumn sale",
            "status": "completed", "recipients": 1200, "sent": 1200, "delivered": 1180,
            "opened": 540, "clicked": 120, "bounced": 12, "complained": 1,
            "unsubscribed": 6, "failed": 0,
            "rates": {"delivery_rate": 0.983, "open_rate": 0.45, "click_rate": 0.1,
                "bounce_rate": 0.01, "complaint_rate": 0.0008, "unsubscribe_rate": 0.005},
            "links": [{"url": "https://acme.example/sale", "clicks": 133}],
            "started_at": "2025-11-25T10:42:00Z", "completed_at": "2025-11-25T10:44:10Z"}))))]
pub async fn get_campaign_analytics(
    caller: ApiCaller<GetCampaignAnalytics>,
    state: web::Data<AppState>,
    id: web::Path<CampaignId>,
) -> Result<HttpResponse, ApiError> {
    let key = caller.key;
    let analytics = state
        .db
        .read(move |conn| {
            Campaign::get(conn, &key.tenant_id, key.environment, &id)?.analytics(conn)
        })
        .await?;
    Ok(HttpResponse::Ok().json(analytics))
}
