//! The emails of campaigns: counts, outcomes and withdrawal.

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

/// Maximum number of links in a campaign's analytics.
const LINKS_MAX: i64 = 100;
/// Reason shown for a withdrawn email.
const WITHDRAWN: &str = "The contact has unsubscribed or was deleted.";

/// Number of a campaign's emails by status.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub queued: u64,
    /// Emails that a mail server has accepted or rejected.
    pub sent: u64,
    /// Emails that could not be rendered or were given up.
    pub failed: u64,
}

impl Counts {
    pub const fn all(self) -> u64 {
        self.queued + self.sent + self.failed
    }
}

/// Counts the emails of each campaign; campaigns without emails are omitted.
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

/// Returns `true` if an email of this campaign is waiting to be sent.
pub fn any_queued(conn: &mut DbConnection, id: &CampaignId) -> Result<bool, ApiError> {
    let first: Option<String> = messages::table
        .filter(messages::campaign_id.eq(id.as_str()))
        .filter(messages::status.eq(EmailStatus::Queued.as_str()))
        .select(messages::id)
        .first(conn)
        .optional()?;
    Ok(first.is_some())
}

/// Counts the events of this campaign's emails, at most once per email.
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

/// Returns the clicked links of this campaign, most clicked first.
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

/// Queued emails that match and are not being sent at the moment; locked on PostgreSQL.
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

/// Withdraws the emails that campaigns have queued for a contact, except those being sent at the
/// moment.
pub fn withdraw(
    conn: &mut DbConnection,
    contact_id: &str,
    now: NaiveDateTime,
) -> Result<(), ApiError> {
    let waiting = waiting!(conn, messages::contact_id.eq(contact_id), i64::MAX, now);
    give_up(conn, &waiting, WITHDRAWN, now)
}

/// Withdraws up to `limit` queued emails of a campaign, with this reason.
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
