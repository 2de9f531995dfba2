//! The bodies of campaigns. They are stored once, in the campaign's row, and fixed when it starts;
//! its emails store only their variables. The row of a deleted campaign is hidden, and kept as long
//! as an email needs it.

use super::Campaign;
use crate::{
    db::DbConnection,
    entity_tag::Preconditions,
    error::ApiError,
    mail::template::Source,
    schema::{campaigns, messages},
};
use chrono::NaiveDateTime;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, OptionalExtension,
    QueryDsl, RunQueryDsl, SelectableHelper,
    dsl::{exists, not},
};
use shared::{
    email::EmailStatus,
    error::ErrorCode,
    ids::{CampaignId, TenantId},
    key::Environment,
};
use std::collections::HashMap;

/// The templates of a started campaign, which never change.
#[derive(Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = campaigns)]
pub struct CampaignBody {
    subject: String,
    html_body: Option<String>,
    text_body: Option<String>,
}

/// Emails that are rendered from a campaign's row, or depend on its status.
macro_rules! in_need {
    () => {
        messages::variables
            .is_not_null()
            .or(messages::status.eq(EmailStatus::Queued.as_str()))
    };
}

impl CampaignBody {
    /// Loads the bodies of these campaigns by id, of any tenant.
    pub fn load(
        conn: &mut DbConnection,
        ids: &[String],
    ) -> Result<HashMap<String, Self>, ApiError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<(String, Self)> = campaigns::table
            .filter(campaigns::id.eq_any(ids))
            .select((campaigns::id, Self::as_select()))
            .load(conn)?;
        Ok(rows.into_iter().collect())
    }

    /// Loads the body of the tenant's campaign, even if it was deleted.
    pub fn get(
        conn: &mut DbConnection,
        tenant: &TenantId,
        id: &str,
    ) -> Result<Option<Self>, ApiError> {
        Ok(campaigns::table
            .find(id)
            .filter(campaigns::tenant_id.eq(tenant.as_str()))
            .select(Self::as_select())
            .first(conn)
            .optional()?)
    }

    pub fn source(&self) -> Source<'_> {
        Source {
            subject: &self.subject,
            html_body: self.html_body.as_deref().unwrap_or_default(),
            text_body: self.text_body.as_deref(),
        }
    }
}

impl Campaign {
    /// Deletes the tenant's campaign if the conditions hold. Its emails stay, and so do the bodies
    /// that they are rendered from.
    pub fn delete(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        id: &CampaignId,
        conditions: &Preconditions,
        now: NaiveDateTime,
    ) -> Result<(), ApiError> {
        let campaign = Self::get_locked(conn, tenant, environment, id)?;
        let status = campaign.status()?;
        if !status.is_deletable() {
            let message = format!("This campaign is {status}: it cannot be deleted.");
            return Err(ApiError::new(ErrorCode::CampaignNotEditable).message(message));
        }
        conditions.ensure(|| campaign.clone().into_view(conn).map(Some))?;
        let email: Option<String> = messages::table
            .filter(messages::campaign_id.eq(id.as_str()))
            .filter(in_need!())
            .select(messages::id)
            .first(conn)
            .optional()?;
        let row = campaigns::table.find(id.as_str());
        if email.is_some() {
            diesel::update(row)
                .set(campaigns::deleted_at.eq(now))
                .execute(conn)?;
        } else {
            diesel::delete(row).execute(conn)?;
        }
        Ok(())
    }

    /// Removes up to `limit` deleted campaigns that no email needs any more. Returns the number of
    /// removed rows.
    pub fn prune_deleted(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        limit: i64,
    ) -> Result<usize, ApiError> {
        let emails = messages::table
            .filter(messages::campaign_id.eq(campaigns::id.nullable()))
            .filter(in_need!());
        let ids: Vec<String> = campaigns::table
            .filter(campaigns::tenant_id.eq(tenant.as_str()))
            .filter(campaigns::environment.eq(environment.as_str()))
            .filter(campaigns::deleted_at.is_not_null())
            .filter(not(exists(emails)))
            .limit(limit)
            .select(campaigns::id)
            .load(conn)?;
        if ids.is_empty() {
            return Ok(0);
        }
        Ok(diesel::delete(campaigns::table.filter(campaigns::id.eq_any(ids))).execute(conn)?)
    }
}
