//! Mails that wait to be sent. A mail is due at `next_attempt_at`; who sends it claims
//! it for a while, so that a crash gives it back.

use crate::{
    db::DbConnection,
    error::ApiError,
    models::{
        contact::Contact,
        message::{Envelope, Message, is_sandbox},
    },
    schema::{campaigns, messages},
};
use chrono::{NaiveDateTime, TimeDelta};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, OptionalExtension,
    QueryDsl, RunQueryDsl, SelectableHelper,
};
use shared::{
    campaign::CampaignStatus,
    email::{EmailStatus, EventKind},
};

/// How an attempt to send ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The mail server has taken it.
    Sent,
    /// Not yet: try again then, for this reason.
    Later(NaiveDateTime, String),
    /// As [`Self::Later`], and the attempt does not count: it did not come to the mail
    /// server.
    PutOff(NaiveDateTime, String),
    /// The mail server has refused it for good.
    Bounced {
        /// Why.
        reason: String,
        /// Whether no other mail will reach the address either.
        address_is_dead: bool,
    },
    /// It is given up.
    Failed(String),
}

/// Limits of one claim: emails in all, and those of campaigns.
#[derive(Debug, Clone)]
pub struct ClaimLimits {
    /// In all.
    pub emails: i64,
    /// How many of them may be campaigns'.
    pub campaign_emails: i64,
    /// Tenants whose campaigns have to wait.
    pub except_tenants: Vec<String>,
}

/// A selection of due emails.
#[derive(Clone, Copy)]
struct DueFilter<'a> {
    captured: bool,
    min_priority: i32,
    max_priority: i32,
    except_tenants: &'a [String],
}

impl ClaimLimits {
    const SINGLE: DueFilter<'static> = DueFilter {
        captured: false,
        min_priority: 0,
        max_priority: 0,
        except_tenants: &[],
    };

    fn campaigns(&self) -> DueFilter<'_> {
        DueFilter {
            min_priority: 1,
            max_priority: 1,
            except_tenants: &self.except_tenants,
            ..Self::SINGLE
        }
    }
}

const CAPTURED: DueFilter<'_> = DueFilter {
    captured: true,
    max_priority: 1,
    ..ClaimLimits::SINGLE
};

const SIMULATED_BOUNCE: &str = "550 5.1.1 simulated by the sandbox: no such mailbox";

/// The mails whose time has come, first things first. Those of a paused campaign have
/// to wait, those of a failed one are about to be withdrawn.
macro_rules! due {
    ($filter:expr, $now:expr, $limit:expr) => {
        messages::table
            .filter(messages::status.eq(EmailStatus::Queued.as_str()))
            .filter(messages::captured.eq($filter.captured))
            .filter(messages::priority.ge($filter.min_priority))
            .filter(messages::priority.le($filter.max_priority))
            .filter(messages::tenant_id.ne_all($filter.except_tenants))
            .filter(messages::next_attempt_at.le($now))
            .filter(
                messages::claimed_until
                    .is_null()
                    .or(messages::claimed_until.le($now)),
            )
            .filter(
                messages::campaign_id
                    .is_null()
                    .or(messages::campaign_id.ne_all(
                        campaigns::table
                            .filter(campaigns::status.eq_any([
                                CampaignStatus::Paused.as_str(),
                                CampaignStatus::Failed.as_str(),
                            ]))
                            .select(campaigns::id.nullable()),
                    )),
            )
            .order((messages::priority, messages::next_attempt_at))
            .limit($limit)
            .select(messages::id)
    };
}

/// The ids of up to `limit` mails whose time has come. On PostgreSQL they are locked
/// until the end of the transaction, and those that another process has locked are
/// left to it.
fn due(
    conn: &mut DbConnection,
    filter: DueFilter<'_>,
    now: NaiveDateTime,
    limit: i64,
) -> Result<Vec<String>, ApiError> {
    Ok(match conn {
        DbConnection::Postgres(conn) => due!(filter, now, limit)
            .for_update()
            .skip_locked()
            .load(conn)?,
        DbConnection::Sqlite(conn) => due!(filter, now, limit).load(conn)?,
    })
}

fn any(
    conn: &mut DbConnection,
    filter: DueFilter<'_>,
    now: NaiveDateTime,
) -> Result<bool, ApiError> {
    let first: Option<String> = due!(filter, now, 1).first(conn).optional()?;
    Ok(first.is_some())
}

impl Message {
    /// Tells if an email of the sandbox is due.
    pub fn any_to_capture(conn: &mut DbConnection, now: NaiveDateTime) -> Result<bool, ApiError> {
        any(conn, CAPTURED, now)
    }

    /// Tells if [`Self::claim`] would find an email.
    pub fn any_to_claim(
        conn: &mut DbConnection,
        now: NaiveDateTime,
        limits: &ClaimLimits,
    ) -> Result<bool, ApiError> {
        Ok(any(conn, ClaimLimits::SINGLE, now)?
            || (limits.campaign_emails > 0 && any(conn, limits.campaigns(), now)?))
    }

    /// Claims due emails that are to leave. No other process gets them until `lease` is
    /// over; then they can be claimed again.
    pub fn claim(
        conn: &mut DbConnection,
        now: NaiveDateTime,
        lease: TimeDelta,
        limits: &ClaimLimits,
    ) -> Result<Vec<Self>, ApiError> {
        let mut ids = due(conn, ClaimLimits::SINGLE, now, limits.emails)?;
        let left = limits.emails - i64::try_from(ids.len()).map_err(ApiError::internal)?;
        let room = left.min(limits.campaign_emails);
        if room > 0 {
            ids.extend(due(conn, limits.campaigns(), now, room)?);
        }
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        diesel::update(messages::table.filter(messages::id.eq_any(&ids)))
            .set((
                messages::claimed_until.eq(now + lease),
                messages::attempts.eq(messages::attempts + 1),
            ))
            .execute(conn)?;
        Ok(messages::table
            .filter(messages::id.eq_any(&ids))
            .order((messages::priority, messages::next_attempt_at))
            .select(Self::as_select())
            .load(conn)?)
    }

    /// Notes how the attempt for which this was claimed has ended. `false` if somebody
    /// else has claimed it since, because this took too long: then that one counts.
    pub fn complete(
        &self,
        conn: &mut DbConnection,
        outcome: Outcome,
        now: NaiveDateTime,
    ) -> Result<bool, ApiError> {
        let mut dead = false;
        let counts = !matches!(outcome, Outcome::PutOff(..));
        let (status, events, next, reason): (_, &[EventKind], _, _) = match outcome {
            Outcome::Sent => (EmailStatus::Sent, &[EventKind::Sent], None, None),
            Outcome::Later(at, reason) | Outcome::PutOff(at, reason) => {
                (EmailStatus::Queued, &[], Some(at), Some(reason))
            }
            Outcome::Bounced {
                reason,
                address_is_dead,
            } => {
                dead = address_is_dead;
                let events = &[EventKind::Sent, EventKind::Bounced];
                (EmailStatus::Bounced, events, None, Some(reason))
            }
            Outcome::Failed(reason) => {
                let events = &[EventKind::Failed];
                (EmailStatus::Failed, events, None, Some(reason))
            }
        };
        let mine = messages::table
            .filter(messages::id.eq(&self.id))
            .filter(messages::status.eq(EmailStatus::Queued.as_str()))
            .filter(messages::attempts.eq(self.attempts));
        let updated = diesel::update(mine)
            .set((
                messages::status.eq(status.as_str()),
                messages::next_attempt_at.eq(next),
                messages::attempts.eq(self.attempts - i32::from(!counts)),
                messages::claimed_until.eq(None::<NaiveDateTime>),
                messages::last_error.eq(reason),
                messages::sent_at.eq(events.contains(&EventKind::Sent).then_some(now)),
            ))
            .execute(conn)?;
        if updated == 0 {
            return Ok(false);
        }
        let envelope = self.envelope();
        for event in events {
            envelope.happened(conn, *event, None, now)?;
        }
        if dead {
            envelope.address_is_dead(conn, now)?;
        }
        Ok(true)
    }

    /// Lets up to `limit` due mails of the sandbox arrive: their outcome and its events
    /// in one transaction. Returns how many there were.
    pub fn capture(
        conn: &mut DbConnection,
        now: NaiveDateTime,
        limit: i64,
    ) -> Result<i64, ApiError> {
        let ids = due(conn, CAPTURED, now, limit)?;
        let envelopes: Vec<Envelope> = messages::table
            .filter(messages::id.eq_any(&ids))
            // The order in which their tenants' usage is locked.
            .order((messages::tenant_id, messages::environment, messages::id))
            .select(Envelope::as_select())
            .load(conn)?;
        for envelope in &envelopes {
            let (status, events) = envelope.simulated();
            diesel::update(messages::table.find(&envelope.id))
                .set((
                    messages::status.eq(status.as_str()),
                    messages::attempts.eq(messages::attempts + 1),
                    messages::next_attempt_at.eq(None::<NaiveDateTime>),
                    messages::sent_at.eq(now),
                    messages::last_error
                        .eq((status == EmailStatus::Bounced).then_some(SIMULATED_BOUNCE)),
                ))
                .execute(conn)?;
            for event in events {
                envelope.happened(conn, *event, None, now)?;
            }
            if status == EmailStatus::Bounced {
                envelope.address_is_dead(conn, now)?;
            }
        }
        i64::try_from(envelopes.len()).map_err(ApiError::internal)
    }
}

impl Envelope {
    /// How the sandbox lets it end: by the recipient's name at the sandbox's domain, up
    /// to a `+`.
    fn simulated(&self) -> (EmailStatus, &'static [EventKind]) {
        use EventKind::{Bounced, Complained, Delivered, Sent};
        let name = self.recipient.split(['@', '+']).next();
        let name = name.filter(|_| is_sandbox(&self.recipient));
        match name.map(str::to_ascii_lowercase).as_deref() {
            Some("delivered") => (EmailStatus::Delivered, &[Sent, Delivered]),
            Some("bounced") => (EmailStatus::Bounced, &[Sent, Bounced]),
            Some("complained") => (EmailStatus::Complained, &[Sent, Delivered, Complained]),
            _ => (EmailStatus::Sent, &[Sent]),
        }
    }

    fn address_is_dead(&self, conn: &mut DbConnection, now: NaiveDateTime) -> Result<(), ApiError> {
        if self.is_notice() {
            return Ok(());
        }
        Contact::bounced(
            conn,
            &self.tenant_id,
            &self.environment,
            &self.recipient,
            now,
        )
    }
}
