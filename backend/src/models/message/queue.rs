//! The queue of emails. An email is due at `next_attempt_at`. A sender claims it for a limited
//! time, so that it returns to the queue after a crash.

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

/// Outcome of an attempt to send an email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The mail server has accepted the email.
    Sent,
    /// A temporary failure, with the time of the next attempt and the reason.
    Retry(NaiveDateTime, String),
    /// Like [`Self::Retry`], but the attempt is not counted, because it did not reach the mail
    /// server.
    Deferred(NaiveDateTime, String),
    /// A permanent rejection by the mail server.
    Bounced {
        reason: String,
        /// `true` for a hard bounce: other emails will not reach the address either.
        hard_bounce: bool,
    },
    /// The email was given up.
    Failed(String),
}

/// Limits of one claim.
#[derive(Debug, Clone)]
pub struct ClaimLimits {
    /// Maximum number of emails in total.
    pub emails: i64,
    /// Maximum number of campaign emails among them.
    pub campaign_emails: i64,
    /// Tenants whose campaign emails are skipped.
    pub except_tenants: Vec<String>,
}

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

/// Due emails by priority. Excludes emails of paused campaigns, and of failed ones, which are about
/// to be withdrawn.
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

/// Returns the ids of up to `limit` due emails. On PostgreSQL they are locked until the end of the
/// transaction, and rows locked by another process are skipped.
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
    /// Returns `true` if a sandbox email is due.
    pub fn any_to_capture(conn: &mut DbConnection, now: NaiveDateTime) -> Result<bool, ApiError> {
        any(conn, CAPTURED, now)
    }

    /// Returns `true` if [`Self::claim`] would return an email.
    pub fn any_to_claim(
        conn: &mut DbConnection,
        now: NaiveDateTime,
        limits: &ClaimLimits,
    ) -> Result<bool, ApiError> {
        Ok(any(conn, ClaimLimits::SINGLE, now)?
            || (limits.campaign_emails > 0 && any(conn, limits.campaigns(), now)?))
    }

    /// Claims due emails for sending. Other processes skip them until `lease` has expired.
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

    /// Records the outcome of the attempt for which this was claimed. `false` if the lease has
    /// expired and another process has claimed the email: then that attempt counts.
    pub fn complete(
        &self,
        conn: &mut DbConnection,
        outcome: Outcome,
        now: NaiveDateTime,
    ) -> Result<bool, ApiError> {
        let mut dead = false;
        let counts = !matches!(outcome, Outcome::Deferred(..));
        let (status, events, next, reason): (_, &[EventKind], _, _) = match outcome {
            Outcome::Sent => (EmailStatus::Sent, &[EventKind::Sent], None, None),
            Outcome::Retry(at, reason) | Outcome::Deferred(at, reason) => {
                (EmailStatus::Queued, &[], Some(at), Some(reason))
            }
            Outcome::Bounced {
                reason,
                hard_bounce,
            } => {
                dead = hard_bounce;
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
            envelope.hard_bounce(conn, now)?;
        }
        Ok(true)
    }

    /// Completes up to `limit` due sandbox emails: outcome and events in one transaction. Returns
    /// the number of emails.
    pub fn capture(
        conn: &mut DbConnection,
        now: NaiveDateTime,
        limit: i64,
    ) -> Result<i64, ApiError> {
        let ids = due(conn, CAPTURED, now, limit)?;
        let envelopes: Vec<Envelope> = messages::table
            .filter(messages::id.eq_any(&ids))
            // The order in which the usage of their tenants is locked.
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
                envelope.hard_bounce(conn, now)?;
            }
        }
        i64::try_from(envelopes.len()).map_err(ApiError::internal)
    }
}

impl Envelope {
    /// Returns the simulated outcome, selected by the local part of the sandbox address before any
    /// `+`.
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

    fn hard_bounce(&self, conn: &mut DbConnection, now: NaiveDateTime) -> Result<(), ApiError> {
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
