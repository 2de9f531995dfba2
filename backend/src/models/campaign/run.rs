//! Progress of a running campaign: its emails are queued in chunks, for the contacts that existed
//! at the start, in the order in which they were added. The position is stored with each chunk, so
//! that a crash, a pause or another process neither skips a contact nor sends a duplicate.

use super::{Campaign, lock};
use crate::{
    db::DbConnection,
    error::ApiError,
    mail::template::Source,
    models::{
        campaign::emails,
        contact::{Audience, Contact},
        message::{NewMessage, Origin, queue::Outcome},
        pagination::PageCursor,
        quota,
        template::Template,
        tenant::{Tenant, sender::choose_sender},
    },
    schema::campaigns,
};
use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper};
use shared::{
    campaign::{CampaignStatus, CampaignWait},
    error::{ErrorCode, FieldError},
    ids::{CampaignId, ContactId, MessageId, TenantId},
};

/// Contacts per chunk.
const CHUNK: i64 = 500;

/// The next step of a running campaign.
pub enum Step {
    /// Create the emails of these contacts.
    Make(Box<Chunk>),
    /// All emails are queued, and none is waiting any more.
    Finish,
    /// Nothing to do: it was paused, another attempt is running, emails are waiting to be sent, or
    /// a quota has no room.
    Wait,
}

/// The next contacts of a campaign.
pub struct Chunk {
    /// The campaign before this chunk.
    pub campaign: Campaign,
    pub contacts: Vec<Contact>,
    /// `true` if no contacts follow.
    pub is_last: bool,
}

/// An email for one contact.
pub struct Made {
    pub contact: Contact,
    /// The email's id, which is part of its unsubscribe link.
    pub message_id: MessageId,
    /// The data to store, or the reason if rendering failed.
    pub mail: Result<Prepared, String>,
}

/// The individual part of an email; the rest is stored with the campaign.
pub struct Prepared {
    /// The rendered subject.
    pub subject: String,
    /// Variables of the bodies, as JSON.
    pub variables: String,
}

impl Campaign {
    /// Returns the running campaigns of all tenants.
    pub fn sending(conn: &mut DbConnection) -> Result<Vec<CampaignId>, ApiError> {
        let ids: Vec<String> = campaigns::table
            .filter(campaigns::status.eq(CampaignStatus::Sending.as_str()))
            .order(campaigns::started_at)
            .select(campaigns::id)
            .load(conn)?;
        Ok(ids.into_iter().map(CampaignId::new).collect())
    }

    pub fn next_step(
        conn: &mut DbConnection,
        id: &CampaignId,
        now: NaiveDateTime,
    ) -> Result<Step, ApiError> {
        let Some(campaign) = Self::find_sending(conn, id)? else {
            return Ok(Step::Wait);
        };
        if campaign.all_queued {
            let waits = emails::any_queued(conn, id)?;
            return Ok(if waits { Step::Wait } else { Step::Finish });
        }
        if campaign.is_claimed(now) {
            return Ok(Step::Wait);
        }
        let Ok(room) = campaign.room(conn)? else {
            return Ok(Step::Wait);
        };
        let limit = i64::try_from(room).map_or(CHUNK, |room| room.min(CHUNK));
        let contacts = campaign.audience()?.page(conn, campaign.reached(), limit)?;
        let is_last = i64::try_from(contacts.len()).is_ok_and(|len| len < limit);
        Ok(Step::Make(Box::new(Chunk {
            campaign,
            contacts,
            is_last,
        })))
    }

    fn room(&self, conn: &mut DbConnection) -> Result<Result<u64, CampaignWait>, ApiError> {
        let environment = self.environment.parse().map_err(ApiError::internal)?;
        quota::room_for_campaigns(conn, &self.tenant(), environment)
    }

    /// Returns the quota that blocks the campaign, if it is running.
    pub(super) fn waiting_for(
        &self,
        conn: &mut DbConnection,
    ) -> Result<Option<CampaignWait>, ApiError> {
        if self.status()? != CampaignStatus::Sending || self.all_queued {
            return Ok(None);
        }
        Ok(self.room(conn)?.err())
    }

    /// Queues the emails of a chunk. Only ends the attempt if the campaign was paused meanwhile or
    /// another process has queued them. Skips contacts that are no longer active.
    pub fn queue(
        conn: &mut DbConnection,
        before: &Self,
        made: Vec<Made>,
        is_last: bool,
        now: NaiveDateTime,
    ) -> Result<(), ApiError> {
        let id = CampaignId::new(before.id.clone());
        lock(conn, id.as_str())?;
        let Some(mut campaign) = Self::find_sending(conn, &id)? else {
            return before.release_chunk(conn);
        };
        if campaign.reached() != before.reached() || campaign.all_queued {
            return before.release_chunk(conn);
        }
        campaign.chunk_attempts = 0;
        campaign.chunk_claimed_until = None;
        let ids: Vec<_> = made.iter().map(|made| made.contact.id()).collect();
        let active = Contact::hold_active(conn, &ids)?;
        if let Some(Made { contact, .. }) = made.last() {
            let PageCursor { created_at, id } = contact.position();
            (campaign.reached_at, campaign.reached_id) = (Some(created_at), Some(id));
        }
        for made in made {
            if active.contains(made.contact.id()) {
                campaign.queue_one(conn, made, now)?;
            }
        }
        if is_last {
            campaign.all_queued = true;
            campaign.recipients = emails::counts(conn, &[id.as_str()])?
                .get(id.as_str())
                .map_or(0, |counts| counts.all().cast_signed());
        }
        campaign.update(conn)
    }

    /// Stores an email that could not be rendered as a failed one, with the reason. Without it, the
    /// campaign's numbers would not add up to its recipients.
    fn queue_one(
        &self,
        conn: &mut DbConnection,
        made: Made,
        now: NaiveDateTime,
    ) -> Result<(), ApiError> {
        let Made {
            contact,
            message_id,
            mail,
        } = made;
        let (mail, error) = match mail {
            Ok(mail) => (Some(mail), None),
            Err(error) => (None, Some(error)),
        };
        let subject = mail.as_ref().map_or(&self.subject, |mail| &mail.subject);
        let message = NewMessage {
            tenant_id: TenantId::new(self.tenant_id.clone()),
            environment: self.environment.parse().map_err(ApiError::internal)?,
            origin: Origin::Campaign(
                CampaignId::new(self.id.clone()),
                ContactId::new(contact.id()),
            ),
            sender: self.sender.clone(),
            recipient: contact.email().to_owned(),
            subject: subject.clone(),
            html_body: None,
            text_body: None,
            variables: mail.map(|mail| mail.variables),
            tags: Vec::new(),
            track_opens: true,
            track_clicks: true,
        };
        if let (Some(message), Some(error)) = (message.queue_as(conn, message_id, now)?, error) {
            message.complete(conn, Outcome::Failed(error), now)?;
        }
        Ok(())
    }

    /// Completes the campaign if it is running and has no queued emails.
    pub fn finish(
        conn: &mut DbConnection,
        id: &CampaignId,
        now: NaiveDateTime,
    ) -> Result<(), ApiError> {
        lock(conn, id.as_str())?;
        let Some(mut campaign) = Self::find_sending(conn, id)? else {
            return Ok(());
        };
        if campaign.all_queued && !emails::any_queued(conn, id)? {
            campaign.status = CampaignStatus::Completed.as_str().into();
            campaign.completed_at = Some(now);
            campaign.update(conn)?;
        }
        Ok(())
    }

    pub(super) fn find_sending(
        conn: &mut DbConnection,
        id: &CampaignId,
    ) -> Result<Option<Self>, ApiError> {
        Ok(campaigns::table
            .find(id.as_str())
            .filter(campaigns::status.eq(CampaignStatus::Sending.as_str()))
            .select(Self::as_select())
            .first(conn)
            .optional()?)
    }

    pub(super) fn reached(&self) -> Option<PageCursor> {
        Some(PageCursor {
            created_at: self.reached_at?,
            id: self.reached_id.clone()?,
        })
    }

    pub(super) fn audience(&self) -> Result<Audience, ApiError> {
        Ok(Audience {
            tenant_id: self.tenant_id.clone(),
            environment: self.environment.clone(),
            tags: self.contact_tags()?,
            added_until: self.started_at,
        })
    }

    /// Returns the templates of the emails; a draft must be [`Self::ready`] first.
    pub fn source(&self) -> Source<'_> {
        Source {
            subject: &self.subject,
            html_body: self.html_body.as_deref().unwrap_or_default(),
            text_body: self.text_body.as_deref(),
        }
    }

    /// Returns the sender, or an error if the tenant may not use it.
    pub(super) fn allowed_sender(
        &self,
        conn: &mut DbConnection,
        own_address: &str,
    ) -> Result<String, ApiError> {
        let tenant = Tenant::get(conn, &TenantId::new(self.tenant_id.clone()))?;
        let sender = choose_sender(&tenant, self.sender.as_deref(), own_address);
        sender.map_err(|error| ApiError::fields(vec![error]))
    }

    /// Returns the campaign as it would be sent now, with its sender and its template's bodies, or
    /// the error that prevents this.
    pub(super) fn ready(
        mut self,
        conn: &mut DbConnection,
        own_address: &str,
    ) -> Result<Self, ApiError> {
        let tenant_id = TenantId::new(self.tenant_id.clone());
        let environment = self.environment.parse().map_err(ApiError::internal)?;
        if let Some(template_id) = &self.template_id {
            let template = Template::get(conn, &tenant_id, environment, template_id)?;
            let Some(template) = template else {
                let message = format!("There is no template {template_id} in this environment.");
                return Err(ApiError::fields(vec![FieldError::new(
                    "template_id",
                    ErrorCode::UnknownTemplate,
                    message,
                )]));
            };
            (self.html_body, self.text_body) = (Some(template.html_body), template.text_body);
        }
        self.sender = Some(self.allowed_sender(conn, own_address)?);
        Ok(self)
    }
}
