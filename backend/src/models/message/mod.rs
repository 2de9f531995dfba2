//! Emails. Those waiting to be sent are in the same table: see [`queue`].

pub mod event;
pub mod list;
pub mod queue;
pub mod retention;

use crate::{db::DbConnection, error::ApiError, models::quota, random::new_id, schema::messages};
use chrono::NaiveDateTime;
use diesel::{QueryDsl, RunQueryDsl, SelectableHelper};
use shared::{
    email::{EmailStatus, EventKind, SANDBOX_DOMAIN},
    ids::{CampaignId, ContactId, KeyId, MessageId, TenantId},
    key::Environment,
    quota::Quota,
};

/// The source of an email.
#[derive(Debug, Clone)]
pub enum Origin {
    /// Sent through the API with this key.
    Api(KeyId),
    /// Sent by a campaign to one of its contacts.
    Campaign(CampaignId, ContactId),
    /// A notice of the portal to one of the tenant's users.
    Notice,
}

/// A new email before it is queued.
#[derive(Debug, Clone)]
pub struct NewMessage {
    pub tenant_id: TenantId,
    pub environment: Environment,
    pub origin: Origin,
    /// Sender; `None` for the server's default address.
    pub sender: Option<String>,
    pub recipient: String,
    pub subject: String,
    /// HTML body before links are tracked; `None` for a text email.
    pub html_body: Option<String>,
    /// Text body; `None` to derive it from the HTML.
    pub text_body: Option<String>,
    /// Variables for the campaign's templates as JSON, instead of bodies.
    pub variables: Option<String>,
    pub tags: Vec<String>,
    pub track_opens: bool,
    pub track_clicks: bool,
}

#[derive(Debug, Clone, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = messages)]
pub struct Message {
    pub id: String,
    pub tenant_id: String,
    environment: String,
    origin: String,
    key_id: Option<String>,
    pub campaign_id: Option<String>,
    contact_id: Option<String>,
    /// Sender; `None` for the server's default address.
    pub sender: Option<String>,
    pub recipient: String,
    pub subject: String,
    /// HTML body before links are tracked; `None` for a text email.
    pub html_body: Option<String>,
    /// Text body; `None` to derive it from the HTML.
    pub text_body: Option<String>,
    /// JSON array of strings.
    pub tags: String,
    pub track_opens: bool,
    pub track_clicks: bool,
    pub status: String,
    /// Set for sandbox emails, which are never sent.
    pub captured: bool,
    priority: i32,
    /// Number of attempts, including the current one.
    pub attempts: i32,
    pub next_attempt_at: Option<NaiveDateTime>,
    claimed_until: Option<NaiveDateTime>,
    /// Error of the last attempt.
    pub last_error: Option<String>,
    /// Time at which the email was accepted.
    pub created_at: NaiveDateTime,
    /// Time at which it was passed to the mail server.
    pub sent_at: Option<NaiveDateTime>,
    /// Variables for the campaign's templates as JSON. The bodies are `None` until `jobs::campaign_bodies`
    /// renders them.
    pub variables: Option<String>,
}

/// Metadata of an email: enough to record its events.
#[derive(Debug, Clone, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = messages)]
pub struct Envelope {
    pub id: String,
    pub tenant_id: String,
    pub environment: String,
    pub campaign_id: Option<String>,
    pub recipient: String,
    origin: String,
}

/// Stored value of [`Origin::Notice`].
pub const NOTICE: &str = "notice";

impl NewMessage {
    /// Creates a notice of the portal to one of the tenant's users. Notices are never tracked and
    /// the public API does not list them.
    pub fn notice(tenant_id: TenantId, recipient: &str, subject: &str, text: &str) -> Self {
        Self {
            tenant_id,
            environment: Environment::Live,
            origin: Origin::Notice,
            sender: None,
            recipient: recipient.into(),
            subject: subject.into(),
            html_body: None,
            text_body: Some(text.into()),
            variables: None,
            tags: Vec::new(),
            track_opens: false,
            track_clicks: false,
        }
    }

    /// Queues the email in the caller's transaction. `None` if its campaign already has an email
    /// for its contact. Emails sent through the API must be within the quotas; campaigns check
    /// theirs before. Wake the delivery after the commit: `state.mail.wake()`.
    pub fn queue(
        self,
        conn: &mut DbConnection,
        now: NaiveDateTime,
    ) -> Result<Option<Message>, ApiError> {
        self.queue_as(conn, new_id().map_err(ApiError::internal)?, now)
    }

    /// Variant of [`Self::queue`] with an id from [`new_id`].
    pub fn queue_as(
        self,
        conn: &mut DbConnection,
        id: MessageId,
        now: NaiveDateTime,
    ) -> Result<Option<Message>, ApiError> {
        let captured = self.environment == Environment::Test || is_sandbox(&self.recipient);
        let is_from_program = matches!(self.origin, Origin::Api(_));
        let tenant = self.tenant_id.clone();
        let environment = self.environment;
        let (origin, key_id, campaign_id, contact_id) = match self.origin {
            Origin::Api(key) => ("api", Some(key.into()), None, None),
            Origin::Campaign(campaign, contact) => (
                "campaign",
                None,
                Some(campaign.into()),
                Some(contact.into()),
            ),
            Origin::Notice => (NOTICE, None, None, None),
        };
        let message = Message {
            id: id.into(),
            tenant_id: self.tenant_id.into(),
            environment: self.environment.as_str().into(),
            origin: origin.into(),
            key_id,
            priority: campaign_id.is_some().into(),
            campaign_id,
            contact_id,
            sender: self.sender,
            recipient: self.recipient,
            subject: self.subject,
            html_body: self.html_body,
            text_body: self.text_body,
            tags: serde_json::to_string(&self.tags).map_err(ApiError::internal)?,
            track_opens: self.track_opens,
            track_clicks: self.track_clicks,
            status: EmailStatus::Queued.as_str().into(),
            captured,
            attempts: 0,
            next_attempt_at: Some(now),
            claimed_until: None,
            last_error: None,
            created_at: now,
            sent_at: None,
            variables: self.variables,
        };
        macro_rules! insert {
            ($conn:expr) => {
                diesel::insert_into(messages::table)
                    .values(&message)
                    .on_conflict_do_nothing()
                    .execute($conn)?
            };
        }
        let inserted = match conn {
            DbConnection::Postgres(conn) => insert!(conn),
            DbConnection::Sqlite(conn) => insert!(conn),
        };
        if is_from_program {
            let quotas = [Quota::QueuedEmails, Quota::StoredBytes];
            quota::ensure(conn, &tenant, environment, &quotas)?;
        }
        Ok((inserted == 1).then_some(message))
    }
}

/// Returns `true` if emails to this address are never sent.
pub fn is_sandbox(recipient: &str) -> bool {
    let domain = recipient.rsplit_once('@').map(|(_, domain)| domain);
    domain.is_some_and(|domain| domain.eq_ignore_ascii_case(SANDBOX_DOMAIN))
}

impl Message {
    pub fn envelope(&self) -> Envelope {
        Envelope {
            id: self.id.clone(),
            tenant_id: self.tenant_id.clone(),
            environment: self.environment.clone(),
            campaign_id: self.campaign_id.clone(),
            recipient: self.recipient.clone(),
            origin: self.origin.clone(),
        }
    }
}

impl Envelope {
    /// Loads the envelope of the email with this id.
    pub fn get(conn: &mut DbConnection, id: &MessageId) -> Result<Self, ApiError> {
        Ok(messages::table
            .find(id.as_str())
            .select(Self::as_select())
            .first(conn)?)
    }

    /// Returns `true` for a notice of the portal.
    pub fn is_notice(&self) -> bool {
        self.origin == NOTICE
    }

    /// Records an event of the email. Notices have no history.
    pub fn happened(
        &self,
        conn: &mut DbConnection,
        kind: EventKind,
        url: Option<&str>,
        now: NaiveDateTime,
    ) -> Result<(), ApiError> {
        if self.is_notice() {
            return Ok(());
        }
        event::record(conn, self, kind, url, now)
    }
}
