//! Attempts at the next chunk of a campaign. Each is stored before it begins, so that the next
//! process knows about it after a crash. After two crashes the campaign fails: no campaign can
//! crash one process after another.

use super::{Campaign, lock};
use crate::{
    db::DbConnection,
    error::ApiError,
    models::{
        audit::{AuditEvent, audit_fields},
        campaign::emails,
    },
    schema::{campaigns, messages},
};
use chrono::{NaiveDateTime, TimeDelta};
use diesel::{
    ExpressionMethods, NullableExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl,
    SelectableHelper, dsl::exists,
};
use shared::{
    audit::{Action, Actor},
    campaign::CampaignStatus,
    email::EmailStatus,
    error::ErrorCode,
    ids::{CampaignId, TenantId},
};

/// Attempts without a result after which the campaign fails.
const MAX_ATTEMPTS: i32 = 2;
/// Time after which another attempt may begin. A chunk takes a few seconds.
const CLAIM: TimeDelta = TimeDelta::minutes(1);
/// Emails that one transaction withdraws.
const WITHDRAW_BATCH_SIZE: i64 = 500;

const DID_NOT_END: &str = "The server ended twice while it made emails of this campaign. \
    Simplify its template and create it again.";
const STOPPED: &str = "The operator of this server has stopped the campaign.";

impl Campaign {
    /// Returns `true` while another attempt at the next chunk may still be running.
    pub(super) fn is_claimed(&self, now: NaiveDateTime) -> bool {
        self.chunk_claimed_until.is_some_and(|until| until > now)
    }

    /// Records that an attempt at the next chunk begins. `None` if there is nothing to do: the
    /// campaign was paused or advanced since `before` was read, another attempt is running, or too
    /// many have crashed.
    pub fn claim_chunk(
        conn: &mut DbConnection,
        before: &Self,
        now: NaiveDateTime,
    ) -> Result<Option<Self>, ApiError> {
        let id = CampaignId::new(before.id.clone());
        lock(conn, id.as_str())?;
        let Some(mut campaign) = Self::find_sending(conn, &id)? else {
            return Ok(None);
        };
        let is_stale = campaign.reached() != before.reached() || campaign.all_queued;
        if is_stale || campaign.is_claimed(now) {
            return Ok(None);
        }
        if campaign.chunk_attempts >= MAX_ATTEMPTS {
            tracing::error!(%id, "a campaign has failed: creating its emails failed twice");
            campaign.fail(conn, DID_NOT_END, now)?;
            return Ok(None);
        }
        campaign.chunk_attempts += 1;
        campaign.chunk_claimed_until = Some(now + CLAIM);
        campaign.update(conn)?;
        Ok(Some(campaign))
    }

    /// Records that this claim's attempt has ended, with or without a result.
    pub fn release_chunk(&self, conn: &mut DbConnection) -> Result<(), ApiError> {
        let mine = campaigns::table
            .filter(campaigns::id.eq(&self.id))
            .filter(campaigns::chunk_claimed_until.eq(self.chunk_claimed_until));
        diesel::update(mine)
            .set((
                campaigns::chunk_attempts.eq(0),
                campaigns::chunk_claimed_until.eq(None::<NaiveDateTime>),
            ))
            .execute(conn)?;
        Ok(())
    }

    fn fail(
        &mut self,
        conn: &mut DbConnection,
        reason: &str,
        now: NaiveDateTime,
    ) -> Result<(), ApiError> {
        let counts = emails::counts(conn, &[&self.id])?;
        let counts = counts.get(&self.id).copied().unwrap_or_default();
        self.recipients = counts.all().cast_signed();
        self.status = CampaignStatus::Failed.as_str().into();
        self.failure_reason = Some(reason.to_owned());
        self.chunk_claimed_until = None;
        self.updated_at = now;
        self.update(conn)
    }

    /// Stops a campaign of any tenant permanently and records the operator's audit event.
    pub fn stop(
        conn: &mut DbConnection,
        id: &CampaignId,
        actor: Actor,
        now: NaiveDateTime,
    ) -> Result<Self, ApiError> {
        lock(conn, id.as_str())?;
        let row = campaigns::table
            .find(id.as_str())
            .filter(campaigns::deleted_at.is_null());
        let found: Option<Self> = row.select(Self::as_select()).first(conn).optional()?;
        let mut campaign = found.ok_or_else(|| {
            ApiError::new(ErrorCode::NotFound).message(format!("there is no campaign {id}"))
        })?;
        let before = campaign.status()?;
        if !matches!(before, CampaignStatus::Sending | CampaignStatus::Paused) {
            let message =
                format!("campaign {id} is {before}; only a sending or paused one can be stopped");
            return Err(ApiError::new(ErrorCode::IllegalTransition).message(message));
        }
        campaign.fail(conn, STOPPED, now)?;
        let event = AuditEvent {
            tenant: &TenantId::new(campaign.tenant_id.clone()),
            actor,
            action: Action::CampaignStopped,
            subject_id: id.as_str(),
            at: now,
        };
        let status = |status: CampaignStatus| audit_fields([("status", status.as_str().into())]);
        event.record_updated(conn, &status(before), &status(CampaignStatus::Failed))?;
        Ok(campaign)
    }

    /// Returns the failed campaigns that still have queued emails.
    pub fn to_withdraw(conn: &mut DbConnection) -> Result<Vec<CampaignId>, ApiError> {
        let waiting = messages::table
            .filter(messages::campaign_id.eq(campaigns::id.nullable()))
            .filter(messages::status.eq(EmailStatus::Queued.as_str()));
        let ids: Vec<String> = campaigns::table
            .filter(campaigns::status.eq(CampaignStatus::Failed.as_str()))
            .filter(exists(waiting))
            .select(campaigns::id)
            .load(conn)?;
        Ok(ids.into_iter().map(CampaignId::new).collect())
    }

    /// Withdraws a batch of a failed campaign's emails.
    pub fn withdraw_some(
        conn: &mut DbConnection,
        id: &CampaignId,
        now: NaiveDateTime,
    ) -> Result<(), ApiError> {
        lock(conn, id.as_str())?;
        let reason: Option<Option<String>> = campaigns::table
            .find(id.as_str())
            .filter(campaigns::status.eq(CampaignStatus::Failed.as_str()))
            .select(campaigns::failure_reason)
            .first(conn)
            .optional()?;
        let Some(reason) = reason else { return Ok(()) };
        let reason = reason.as_deref().unwrap_or(STOPPED);
        emails::withdraw_campaign(conn, id, reason, WITHDRAW_BATCH_SIZE, now)
    }
}
