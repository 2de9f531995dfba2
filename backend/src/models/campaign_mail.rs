//! The mails of campaigns: how many there are, what became of them, and those that are
//! not to be sent after all.

use crate::{
    db::DbConnection,
    error::ApiError,
    models::message::{Envelope, event},
    schema::{message_events, messages},
};
use chrono::NaiveDateTime;
use diesel::{
    AggregateExpressionMethods, BoolExpressionMethods, ExpressionMethods,
    NullableExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper,
    dsl::{count, count_star},
};
use shared::{
    campaign::LinkClicks,
    email::{EmailStatus, EmailTotals, EventKind},
    ids::CampaignId,
};
use std::collections::HashMap;

/// How many links a campaign's analytics list.
const LINKS_MAX: i64 = 100;
/// Why a mail was not sent.
const WITHDRAWN: &str = "The contact has unsubscribed or was deleted.";

/// How many mails a campaign has.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// Those that wait to be sent.
    pub queued: u64,
    /// Those that a mail server took or refused.
    pub sent: u64,
    /// Those that could not be made or were given up.
    pub failed: u64,
}

impl Counts {
    /// All of them.
    pub const fn all(self) -> u64 {
        self.queued + self.sent + self.failed
    }
}

/// How many mails each of these campaigns has; those without any are left out.
pub fn counts(conn: &mut DbConnection, ids: &[&str]) -> Result<HashMap<String, Counts>, ApiError> {
    let rows: Vec<(String, String, i64)> = messages::table
        .filter(messages::campaign_id.eq_any(ids))
        .group_by((messages::campaign_id, messages::status))
        .select((
            messages::campaign_id.assume_not_null(),
            messages::status,
            count_star(),
        ))
        .load(conn)?;
    let mut all: HashMap<String, Counts> = HashMap::new();
    for (id, status, count) in rows {
        let counts = all.entry(id).or_default();
        let number = match status.parse().map_err(ApiError::internal)? {
            EmailStatus::Queued => &mut counts.queued,
            EmailStatus::Failed => &mut counts.failed,
            EmailStatus::Sent
            | EmailStatus::Delivered
            | EmailStatus::Bounced
            | EmailStatus::Complained => &mut counts.sent,
        };
        *number += count.unsigned_abs();
    }
    Ok(all)
}

/// Whether a mail of this campaign waits to be sent.
pub fn any_queued(conn: &mut DbConnection, id: &CampaignId) -> Result<bool, ApiError> {
    let first: Option<String> = messages::table
        .filter(messages::campaign_id.eq(id.as_str()))
        .filter(messages::status.eq(EmailStatus::Queued.as_str()))
        .select(messages::id)
        .first(conn)
        .optional()?;
    Ok(first.is_some())
}

/// What happened to the mails of this campaign, each counted once.
pub fn totals(conn: &mut DbConnection, id: &str) -> Result<EmailTotals, ApiError> {
    let rows: Vec<(String, i64)> = message_events::table
        .filter(message_events::campaign_id.eq(id))
        .group_by(message_events::kind)
        .select((
            message_events::kind,
            count(message_events::message_id).aggregate_distinct(),
        ))
        .load(conn)?;
    let mut totals = EmailTotals::default();
    for (kind, count) in rows {
        let kind = kind.parse().map_err(ApiError::internal)?;
        *totals.of(kind) = count.unsigned_abs();
    }
    Ok(totals)
}

/// The links of this campaign that were followed, most often first.
pub fn links(conn: &mut DbConnection, id: &str) -> Result<Vec<LinkClicks>, ApiError> {
    let rows: Vec<(String, i64)> = message_events::table
        .filter(message_events::campaign_id.eq(id))
        .filter(message_events::kind.eq(EventKind::Clicked.as_str()))
        .filter(message_events::url.is_not_null())
        .group_by(message_events::url)
        .select((message_events::url.assume_not_null(), count_star()))
        .order((count_star().desc(), message_events::url))
        .limit(LINKS_MAX)
        .load(conn)?;
    let link = |(url, clicks): (_, i64)| LinkClicks {
        url,
        clicks: clicks.unsigned_abs(),
    };
    Ok(rows.into_iter().map(link).collect())
}

/// The emails in the queue that match and that nobody is handing over at this moment;
/// on PostgreSQL they are locked.
macro_rules! waiting {
    ($conn:expr, $matches:expr, $limit:expr, $now:expr) => {{
        macro_rules! query {
            () => {
                messages::table
                    .filter($matches)
                    .filter(messages::status.eq(EmailStatus::Queued.as_str()))
                    .filter(
                        messages::claimed_until
                            .is_null()
                            .or(messages::claimed_until.le($now)),
                    )
                    .limit($limit)
                    .select(Envelope::as_select())
            };
        }
        let waiting: Vec<Envelope> = match $conn {
            DbConnection::Postgres(conn) => query!().for_update().skip_locked().load(conn)?,
            DbConnection::Sqlite(conn) => query!().load(conn)?,
        };
        waiting
    }};
}

/// Takes back what campaigns have queued for a contact. A mail that is being handed
/// over at this moment cannot be.
pub fn withdraw(
    conn: &mut DbConnection,
    contact_id: &str,
    now: NaiveDateTime,
) -> Result<(), ApiError> {
    let waiting = waiting!(conn, messages::contact_id.eq(contact_id), i64::MAX, now);
    give_up(conn, &waiting, WITHDRAWN, now)
}

/// Takes back up to `limit` emails that a campaign has queued, for this reason.
pub fn withdraw_campaign(
    conn: &mut DbConnection,
    id: &CampaignId,
    reason: &str,
    limit: i64,
    now: NaiveDateTime,
) -> Result<(), ApiError> {
    let waiting = waiting!(conn, messages::campaign_id.eq(id.as_str()), limit, now);
    give_up(conn, &waiting, reason, now)
}

fn give_up(
    conn: &mut DbConnection,
    envelopes: &[Envelope],
    reason: &str,
    now: NaiveDateTime,
) -> Result<(), ApiError> {
    for envelope in envelopes {
        diesel::update(messages::table.find(&envelope.id))
            .set((
                messages::status.eq(EmailStatus::Failed.as_str()),
                messages::next_attempt_at.eq(None::<NaiveDateTime>),
                messages::last_error.eq(reason),
            ))
            .execute(conn)?;
        event::record(conn, envelope, EventKind::Failed, None, now)?;
    }
    Ok(())
}
