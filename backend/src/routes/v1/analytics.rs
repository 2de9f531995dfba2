//! `/v1/analytics`: analytics of emails and campaigns.

use crate::{
    endpoint::endpoint,
    error::ApiError,
    gateway::caller::ApiCaller,
    json,
    models::{campaign::Campaign, message::event as message_event},
    state::AppState,
};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use shared::{
    campaign::CampaignAnalytics,
    email::EmailAnalytics,
    error::{ErrorCode, FieldError},
    ids::CampaignId,
    operation, validate,
};

/// Default length of the time range.
const DEFAULT_RANGE: TimeDelta = TimeDelta::days(30);
/// Maximum length of the time range.
const RANGE_MAX: TimeDelta = TimeDelta::days(366);

/// Query parameters of the email analytics.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RangeQuery {
    /// Emails accepted at this time or later. Defaults to 30 days before `to`.
    #[param(example = "2025-11-01T00:00:00Z")]
    from: Option<DateTime<Utc>>,
    /// Emails accepted before this time. Defaults to the current time.
    #[param(example = "2025-12-01T00:00:00Z")]
    to: Option<DateTime<Utc>>,
}

/// Email analytics
///
/// Returns the outcomes of the emails in the key's environment that were accepted within a time
/// range of at most 366 days: in total, as rates of the sent emails, and by day. Emails of
/// campaigns are included. Use it for reports on all emails; a single campaign has its own
/// analytics.
#[endpoint(operation::GetEmailAnalytics,
    examples(InvalidQuery("from", "Use a time before `to`, at most 366 days.")),
    tag = "Analytics", params(RangeQuery),
    responses((status = 200, description = "Delivery and engagement of the emails", body = EmailAnalytics,
        example = json!({"from": "2025-11-01T00:00:00Z", "to": "2025-12-01T00:00:00Z",
            "totals": {"sent": 200, "delivered": 0, "opened": 90, "clicked": 30, "bounced": 2,
                "complained": 0, "unsubscribed": 1, "failed": 0},
            "rates": {"delivery_rate": 0.0, "open_rate": 0.45, "click_rate": 0.15,
                "bounce_rate": 0.01, "complaint_rate": 0.0, "unsubscribe_rate": 0.005},
            "days": [{"date": "2025-11-25", "sent": 200, "opened": 90, "clicked": 30,
                "bounced": 2}]}))))]
pub async fn get_email_analytics(
    caller: ApiCaller<operation::GetEmailAnalytics>,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let query: RangeQuery = json::parse_query(&request)?;
    let errors = [("from", query.from), ("to", query.to)].map(|(field, time)| {
        let message = validate::timestamp(time?).err()?;
        Some(FieldError::new(field, ErrorCode::InvalidQuery, message))
    });
    validate::finish(errors.into_iter().flatten().collect()).map_err(ApiError::fields)?;
    // Includes emails that are accepted within this millisecond.
    let to = query
        .to
        .unwrap_or_else(|| state.clock.now() + TimeDelta::milliseconds(1));
    let from = query
        .from
        .or(to.checked_sub_signed(DEFAULT_RANGE))
        .unwrap_or(to);
    let length = to.signed_duration_since(from);
    if length <= TimeDelta::zero() || length > RANGE_MAX {
        let message = "Use a time before `to`, at most 366 days.";
        let error = FieldError::new("from", ErrorCode::InvalidQuery, message);
        return Err(ApiError::fields(vec![error]));
    }
    let key = caller.key;
    let (totals, days) = state
        .db
        .read(move |conn| {
            let from = from.naive_utc();
            let to = to.naive_utc();
            message_event::analytics(conn, &key.tenant_id, key.environment, from, to)
        })
        .await?;
    Ok(HttpResponse::Ok().json(EmailAnalytics {
        from,
        to,
        totals,
        rates: totals.rates(),
        days,
    }))
}

/// Get a campaign's analytics
///
/// Returns the delivery, open and click counts of a campaign's emails. Repeated opens and clicks of
/// an email count once; only `links` counts all clicks. `delivered` and `complained` are known only
/// if the mail server reports them, as the sandbox does. Use it after a start, to judge how
/// recipients react.
#[endpoint(operation::GetCampaignAnalytics, tag = "Analytics",
    params(("id" = CampaignId, Path, description = "Identifier of the campaign, with the prefix `cmp_`",
        example = "cmp_5tRb1nZk8wQe2LpX")),
    responses((status = 200, description = "Delivery and engagement of the campaign",
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
    caller: ApiCaller<operation::GetCampaignAnalytics>,
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
