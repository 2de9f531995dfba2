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

const SIMULATED_BOUNCE: &str = "550 5.1.1 simulated by the sandbox: no such mailbox";

/// The mails whose time has come, first things first. Those of a paused campaign have
/// to wait, those of a failed one are about to be withdrawn.
macro_rules! due {
    ($captured:expr, $now:expr, $limit:expr) => {
        messages::table
            .filter(messages::status.eq(EmailStatus::Queued.as_str()))
            .filter(messages::captured.eq($captured))
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
    captured: bool,
    now: NaiveDateTime,
    limit: i64,
) -> Result<Vec<String>, ApiError> {
    Ok(match conn {
        DbConnection::Postgres(conn) => due!(captured, now, limit)
            .for_update()
            .skip_locked()
            .load(conn)?,
        DbConnection::Sqlite(conn) => due!(captured, now, limit).load(conn)?,
    })
}

impl Message {
    /// Whether any mail's time has come, of those to be captured or of those to leave.
    pub fn any_due(
        conn: &mut DbConnection,
        captured: bool,
        now: NaiveDateTime,
    ) -> Result<bool, ApiError> {
        let first: Option<String> = due!(captured, now, 1).first(conn).optional()?;
        Ok(first.is_some())
    }

    /// Takes up to `limit` due mails that are to leave, for as long as `lease`. Nobody
    /// else gets them in that time; afterwards, whoever asks.
    pub fn claim(
        conn: &mut DbConnection,
        now: NaiveDateTime,
        lease: TimeDelta,
        limit: i64,
    ) -> Result<Vec<Self>, ApiError> {
        let ids = due(conn, false, now, limit)?;
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
        let (status, events, next, reason): (_, &[EventKind], _, _) = match outcome {
            Outcome::Sent => (EmailStatus::Sent, &[EventKind::Sent], None, None),
            Outcome::Later(at, reason) => (EmailStatus::Queued, &[], Some(at), Some(reason)),
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
        let ids = due(conn, true, now, limit)?;
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
