//! Mails. Those that are still to be sent wait in the same table: [`queue`].

pub mod event;
pub mod list;
pub mod queue;
pub mod retention;

use crate::{
    db::DbConnection, error::ApiError, models::quota, random::random_base62, schema::messages,
};
use chrono::NaiveDateTime;
use diesel::{QueryDsl, RunQueryDsl, SelectableHelper};
use shared::{
    email::{EmailStatus, EventKind, SANDBOX_DOMAIN},
    ids::{CampaignId, ContactId, KeyId, MessageId, TenantId},
    key::Environment,
    quota::Quota,
};

/// Why there is a mail.
#[derive(Debug, Clone)]
pub enum Origin {
    /// A program asked for it.
    Api(KeyId),
    /// A campaign reaches one of its contacts.
    Campaign(CampaignId, ContactId),
    /// The portal itself tells one of the tenant's people something.
    Notice,
}

/// What a new mail says, and to whom.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Whose it is.
    pub tenant_id: TenantId,
    /// In which of the tenant's two worlds.
    pub environment: Environment,
    /// Why it is.
    pub origin: Origin,
    /// Who it comes from; `None` for the server's own address.
    pub sender: Option<String>,
    /// Who gets it.
    pub recipient: String,
    /// Its subject.
    pub subject: String,
    /// The HTML, before links are tracked; `None` for a text mail.
    pub html_body: Option<String>,
    /// The text; `None` to make it from the HTML.
    pub text_body: Option<String>,
    /// The values for the bodies of its campaign, as JSON, instead of bodies.
    pub variables: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Whether to notice when it is opened.
    pub track_opens: bool,
    /// Whether to notice when a link is followed.
    pub track_clicks: bool,
}

/// A row of `messages`.
#[derive(Debug, Clone, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = messages)]
pub struct Message {
    /// Identifier.
    pub id: String,
    /// Whose it is.
    pub tenant_id: String,
    environment: String,
    origin: String,
    key_id: Option<String>,
    /// The campaign that it belongs to.
    pub campaign_id: Option<String>,
    contact_id: Option<String>,
    /// Who it comes from; `None` for the server's own address.
    pub sender: Option<String>,
    /// Who gets it.
    pub recipient: String,
    /// Its subject.
    pub subject: String,
    /// The HTML, before links are tracked; `None` for a text mail.
    pub html_body: Option<String>,
    /// The text; `None` to make it from the HTML.
    pub text_body: Option<String>,
    /// Its tags, as JSON.
    pub tags: String,
    /// Whether to notice when it is opened.
    pub track_opens: bool,
    /// Whether to notice when a link is followed.
    pub track_clicks: bool,
    /// How far it has come.
    pub status: String,
    /// Whether it never leaves.
    pub captured: bool,
    priority: i32,
    /// How often it was tried, the current attempt included.
    pub attempts: i32,
    /// When it is due.
    pub next_attempt_at: Option<NaiveDateTime>,
    claimed_until: Option<NaiveDateTime>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When it was accepted.
    pub created_at: NaiveDateTime,
    /// When it was handed to the mail server.
    pub sent_at: Option<NaiveDateTime>,
    /// The values for the bodies of its campaign, as JSON; the bodies are `None` until
    /// `mail::bodies` fills them.
    pub variables: Option<String>,
}

/// What is outside on a mail: enough to note what became of it.
#[derive(Debug, Clone, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = messages)]
pub struct Envelope {
    /// Identifier.
    pub id: String,
    /// Whose it is.
    pub tenant_id: String,
    /// In which of the tenant's two worlds.
    pub environment: String,
    /// The campaign that it belongs to.
    pub campaign_id: Option<String>,
    /// Who gets it.
    pub recipient: String,
    origin: String,
}

/// The stored [`Origin::Notice`].
pub const NOTICE: &str = "notice";

impl NewMessage {
    /// A mail of the portal itself to one of the tenant's people. It is never
    /// tracked and not listed by the public API.
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

    /// Puts it into the queue, in the caller's transaction. `None` if its campaign
    /// has a mail for its contact already. An email that a program sends must be within
    /// the quotas; campaigns ask for room before. Wake the delivery after the commit:
    /// `state.mail.wake()`.
    pub fn queue(
        self,
        conn: &mut DbConnection,
        now: NaiveDateTime,
    ) -> Result<Option<Message>, ApiError> {
        self.queue_as(conn, new_id()?, now)
    }

    /// As [`Self::queue`], with an id that was made before with [`new_id`].
    pub fn queue_as(
        self,
        conn: &mut DbConnection,
        id: MessageId,
        now: NaiveDateTime,
    ) -> Result<Option<Message>, ApiError> {
        let captured = self.environment == Environment::Test || is_sandbox(&self.recipient);
        let is_from_program = matches!(self.origin, Origin::Api(_));
        let (tenant, environment) = (self.tenant_id.clone(), self.environment);
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

/// An id for a new email.
pub fn new_id() -> Result<MessageId, ApiError> {
    let random = random_base62(16).map_err(ApiError::internal)?;
    Ok(MessageId::new(format!("{}{random}", MessageId::PREFIX)))
}

/// Whether mail to this address never leaves.
pub fn is_sandbox(recipient: &str) -> bool {
    let domain = recipient.rsplit_once('@').map(|(_, domain)| domain);
    domain.is_some_and(|domain| domain.eq_ignore_ascii_case(SANDBOX_DOMAIN))
}

impl Message {
    /// What is outside on it.
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
    /// The outside of the mail with this id.
    pub fn get(conn: &mut DbConnection, id: &MessageId) -> Result<Self, ApiError> {
        Ok(messages::table
            .find(id.as_str())
            .select(Self::as_select())
            .first(conn)?)
    }

    /// Whether it is the portal's own to one of the tenant's people.
    pub fn is_notice(&self) -> bool {
        self.origin == NOTICE
    }

    /// Notes something that happened to it. Notices have no history.
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
