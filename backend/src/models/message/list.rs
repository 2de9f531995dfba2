//! Lists and details of emails. Notices of the portal are excluded.

use crate::{
    db::DbConnection,
    error::ApiError,
    mail::links::Links,
    models::{
        campaign::CampaignBody,
        message::{Message, NOTICE, event},
        pagination::{self, PageCursor},
    },
    schema::messages,
};
use chrono::NaiveDateTime;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper,
    dsl::sql,
    sql_types::{Bool, Text},
};
use shared::{
    email::{EmailDetail, EmailEvent, EmailStatus, EmailView},
    ids::{CampaignId, MessageId, TenantId},
    key::Environment,
    page::Page,
};

/// Filters and pagination of a list of emails.
#[derive(Default)]
pub struct EmailFilter {
    pub status: Option<EmailStatus>,
    pub tag: Option<String>,
    /// Only emails to this address.
    pub to: Option<String>,
    /// Maximum number of rows.
    pub limit: i64,
    /// Last row of the previous page.
    pub after: Option<PageCursor>,
}

/// The columns that a list shows.
#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = messages)]
struct Listed {
    id: String,
    status: String,
    sender: Option<String>,
    recipient: String,
    subject: String,
    tags: String,
    campaign_id: Option<String>,
    created_at: NaiveDateTime,
    sent_at: Option<NaiveDateTime>,
}

/// Returns a page of emails, newest first.
pub fn list(
    conn: &mut DbConnection,
    tenant: &TenantId,
    environment: Environment,
    filter: EmailFilter,
) -> Result<Page<EmailView>, ApiError> {
    let matching = || {
        let mut query = messages::table
            .filter(messages::tenant_id.eq(tenant.as_str().to_owned()))
            .filter(messages::environment.eq(environment.as_str()))
            .filter(messages::origin.ne(NOTICE))
            .into_boxed();
        if let Some(status) = filter.status {
            query = query.filter(messages::status.eq(status.as_str()));
        }
        if let Some(to) = &filter.to {
            query = query.filter(
                sql::<Bool>("lower(recipient) = lower(")
                    .bind::<Text, _>(to.clone())
                    .sql(")"),
            );
        }
        if let Some(tag) = &filter.tag {
            // In a JSON array of strings, a quote after a bracket or comma begins a string.
            let tag = serde_json::Value::from(tag.as_str()).to_string();
            query = query.filter(
                sql::<Bool>("(replace(tags, ")
                    .bind::<Text, _>(format!("[{tag}"))
                    .sql(", '') <> tags OR replace(tags, ")
                    .bind::<Text, _>(format!(",{tag}"))
                    .sql(", '') <> tags)"),
            );
        }
        query
    };
    let total: i64 = matching().count().get_result(conn)?;
    let mut newest = matching();
    if let Some(PageCursor { created_at, id }) = filter.after {
        newest = newest.filter(
            messages::created_at
                .lt(created_at)
                .or(messages::created_at.eq(created_at).and(messages::id.lt(id))),
        );
    }
    let rows: Vec<Listed> = newest
        .select(Listed::as_select())
        .order((messages::created_at.desc(), messages::id.desc()))
        .limit(filter.limit + 1)
        .load(conn)?;
    let (rows, next_cursor) = pagination::cut(rows, filter.limit, |row| PageCursor {
        created_at: row.created_at,
        id: row.id.clone(),
    });
    let data = rows.into_iter().map(Listed::into_view);
    Ok(Page {
        data: data.collect::<Result<_, _>>()?,
        total: total.unsigned_abs(),
        next_cursor,
    })
}

/// An email with the campaign body that it is rendered from.
pub struct Found {
    /// The bodies of a campaign email are not rendered yet.
    pub message: Message,
    pub campaign_body: Option<CampaignBody>,
    events: Vec<EmailEvent>,
}

/// Returns the tenant's email with this id.
pub fn get(
    conn: &mut DbConnection,
    tenant: &TenantId,
    environment: Environment,
    id: &MessageId,
) -> Result<Found, ApiError> {
    let message: Message = messages::table
        .find(id.as_str())
        .filter(messages::tenant_id.eq(tenant.as_str()))
        .filter(messages::environment.eq(environment.as_str()))
        .filter(messages::origin.ne(NOTICE))
        .select(Message::as_select())
        .first(conn)?;
    let campaign = message.campaign_id.as_ref();
    let campaign_body = match campaign.filter(|_| message.variables.is_some()) {
        Some(campaign) => CampaignBody::get(conn, tenant, campaign)?,
        None => None,
    };
    Ok(Found {
        events: event::of_message(conn, id)?,
        message,
        campaign_body,
    })
}

impl Found {
    /// Converts the email to its API response, with tracked links.
    pub fn into_detail(self, links: &Links) -> Result<EmailDetail, ApiError> {
        let Self {
            message, events, ..
        } = self;
        let html = message.html_body.as_ref();
        Ok(EmailDetail {
            html_as_sent: html.map(|html| {
                links.track(&message.id, message.track_opens, message.track_clicks, html)
            }),
            events,
            track_opens: message.track_opens,
            track_clicks: message.track_clicks,
            captured: message.captured,
            attempts: message.attempts.unsigned_abs(),
            next_attempt_at: message.next_attempt_at.map(|at| at.and_utc()),
            last_error: message.last_error,
            html_body: message.html_body,
            text_body: message.text_body,
            email: Listed {
                id: message.id,
                status: message.status,
                sender: message.sender,
                recipient: message.recipient,
                subject: message.subject,
                tags: message.tags,
                campaign_id: message.campaign_id,
                created_at: message.created_at,
                sent_at: message.sent_at,
            }
            .into_view()?,
        })
    }
}

impl Listed {
    fn into_view(self) -> Result<EmailView, ApiError> {
        Ok(EmailView {
            id: MessageId::new(self.id),
            status: self.status.parse().map_err(ApiError::internal)?,
            from: self.sender.unwrap_or_default(),
            to: self.recipient,
            subject: self.subject,
            tags: serde_json::from_str(&self.tags).map_err(ApiError::internal)?,
            campaign_id: self.campaign_id.map(CampaignId::new),
            created_at: self.created_at.and_utc(),
            sent_at: self.sent_at.map(|at| at.and_utc()),
        })
    }
}
