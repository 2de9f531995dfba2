//! Lists and API responses of campaigns.

use super::Campaign;
use crate::{
    db::DbConnection,
    error::ApiError,
    models::{
        campaign::emails::{self, Counts},
        pagination::{self, PageCursor},
        search::contains_pattern,
    },
    schema::campaigns,
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper,
    dsl::sql,
    sql_types::{Bool, Text},
};
use shared::{
    campaign::{CampaignAnalytics, CampaignStatus, CampaignSummary, CampaignView},
    ids::{CampaignId, TenantId},
    key::Environment,
    page::Page,
};

/// Filters and pagination of a list of campaigns.
#[derive(Default)]
pub struct CampaignFilter {
    /// Part of a name or subject.
    pub search: Option<String>,
    pub status: Option<CampaignStatus>,
    /// Maximum number of rows.
    pub limit: i64,
    /// Last row of the previous page.
    pub after: Option<PageCursor>,
}

impl Campaign {
    /// Returns a page of campaigns, newest first.
    pub fn list(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        filter: CampaignFilter,
    ) -> Result<Page<CampaignSummary>, ApiError> {
        let matching = || {
            let mut query = campaigns::table
                .filter(campaigns::tenant_id.eq(tenant.as_str().to_owned()))
                .filter(campaigns::environment.eq(environment.as_str()))
                .filter(campaigns::deleted_at.is_null())
                .into_boxed();
            if let Some(search) = &filter.search {
                let pattern = contains_pattern(search);
                query = query.filter(
                    sql::<Bool>("(campaigns.search_text LIKE ")
                        .bind::<Text, _>(pattern)
                        .sql(" ESCAPE '!')"),
                );
            }
            if let Some(status) = filter.status {
                query = query.filter(campaigns::status.eq(status.as_str()));
            }
            query
        };
        let total: i64 = matching().count().get_result(conn)?;
        let mut page = matching();
        if let Some(PageCursor { created_at, id }) = filter.after {
            page = page.filter(
                campaigns::created_at
                    .lt(created_at)
                    .or(campaigns::created_at
                        .eq(created_at)
                        .and(campaigns::id.lt(id))),
            );
        }
        let rows: Vec<Self> = page
            .select(Self::as_select())
            .order((campaigns::created_at.desc(), campaigns::id.desc()))
            .limit(filter.limit + 1)
            .load(conn)?;
        let (rows, next_cursor) = pagination::cut(rows, filter.limit, |row| PageCursor {
            created_at: row.created_at,
            id: row.id.clone(),
        });
        let ids: Vec<_> = rows.iter().map(|row| row.id.as_str()).collect();
        let counts = emails::counts(conn, &ids)?;
        let summary = |row: Self| {
            let counts = counts.get(&row.id).copied().unwrap_or_default();
            row.into_summary(counts)
        };
        Ok(Page {
            data: rows.into_iter().map(summary).collect::<Result<_, _>>()?,
            total: total.unsigned_abs(),
            next_cursor,
        })
    }

    /// Converts the campaign to its API response.
    pub fn into_view(mut self, conn: &mut DbConnection) -> Result<CampaignView, ApiError> {
        let counts = emails::counts(conn, &[&self.id])?;
        let counts = counts.get(&self.id).copied().unwrap_or_default();
        let waiting_for = self.waiting_for(conn)?;
        let html_body = self.html_body.take();
        let text_body = self.text_body.take();
        Ok(CampaignView {
            summary: self.into_summary(counts)?,
            html_body,
            text_body,
            waiting_for,
        })
    }

    fn into_summary(self, counts: Counts) -> Result<CampaignSummary, ApiError> {
        Ok(CampaignSummary {
            contact_tags: self.contact_tags()?,
            status: self.status()?,
            id: CampaignId::new(self.id),
            name: self.name,
            subject: self.subject,
            template_id: self.template_id,
            from: self.sender,
            recipients: self.recipients.unsigned_abs(),
            failure_reason: self.failure_reason,
            queued: counts.queued,
            sent: counts.sent,
            failed: counts.failed,
            created_at: self.created_at.and_utc(),
            updated_at: self.updated_at.and_utc(),
            started_at: self.started_at.map(|date| date.and_utc()),
            completed_at: self.completed_at.map(|date| date.and_utc()),
        })
    }

    /// Returns the event counts and the clicked links of the campaign.
    pub fn analytics(self, conn: &mut DbConnection) -> Result<CampaignAnalytics, ApiError> {
        let totals = emails::totals(conn, &self.id)?;
        Ok(CampaignAnalytics {
            status: self.status()?,
            recipients: self.recipients.unsigned_abs(),
            rates: totals.rates(),
            totals,
            links: emails::links(conn, &self.id)?,
            campaign_id: CampaignId::new(self.id),
            name: self.name,
            started_at: self.started_at.map(|date| date.and_utc()),
            completed_at: self.completed_at.map(|date| date.and_utc()),
        })
    }
}
