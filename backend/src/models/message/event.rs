//! Delivery, open and click events of emails.

use crate::{
    db::{self, DbConnection},
    error::ApiError,
    models::message::Envelope,
    schema::{message_events, messages},
};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::{
    ExpressionMethods, QueryDsl, RunQueryDsl,
    dsl::sql,
    sql_types::{BigInt, Text},
};
use shared::{
    email::{EmailDay, EmailEvent, EmailTotals, EventKind},
    ids::{MessageId, TenantId},
    key::Environment,
};
use std::collections::BTreeMap;

/// Maximum number of stored clicks per email. Anyone with a link can follow it any number of times.
const READER_EVENTS_MAX: i64 = 100;

/// Records an event of an email.
pub fn record(
    conn: &mut DbConnection,
    envelope: &Envelope,
    kind: EventKind,
    url: Option<&str>,
    now: NaiveDateTime,
) -> Result<(), ApiError> {
    diesel::insert_into(message_events::table)
        .values((
            message_events::message_id.eq(&envelope.id),
            message_events::tenant_id.eq(&envelope.tenant_id),
            message_events::environment.eq(&envelope.environment),
            message_events::campaign_id.eq(&envelope.campaign_id),
            message_events::kind.eq(kind.as_str()),
            message_events::url.eq(url),
            message_events::at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Returns `true` if another event of this kind can be stored: clicks up to a limit, all others
/// once.
pub fn has_room(
    conn: &mut DbConnection,
    envelope: &Envelope,
    kind: EventKind,
) -> Result<bool, ApiError> {
    let max = if kind == EventKind::Clicked {
        READER_EVENTS_MAX
    } else {
        1
    };
    let count: i64 = message_events::table
        .filter(message_events::message_id.eq(&envelope.id))
        .filter(message_events::kind.eq(kind.as_str()))
        .count()
        .get_result(conn)?;
    Ok(count < max)
}

/// Records an event caused by the recipient, if there is room.
pub fn record_reader(
    conn: &mut DbConnection,
    envelope: &Envelope,
    kind: EventKind,
    url: Option<&str>,
    now: NaiveDateTime,
) -> Result<(), ApiError> {
    db::lock(conn, &format!("events {}", envelope.id))?;
    if has_room(conn, envelope, kind)? {
        envelope.happened(conn, kind, url, now)?;
    }
    Ok(())
}

/// Returns the events of an email, oldest first. The caller checks that the tenant owns the email.
pub fn of_message(conn: &mut DbConnection, id: &MessageId) -> Result<Vec<EmailEvent>, ApiError> {
    let rows: Vec<(String, Option<String>, NaiveDateTime)> = message_events::table
        .filter(message_events::message_id.eq(id.as_str()))
        .order((message_events::at, message_events::seq))
        .select((
            message_events::kind,
            message_events::url,
            message_events::at,
        ))
        .load(conn)?;
    let event = |(kind, url, at): (String, _, NaiveDateTime)| {
        Ok(EmailEvent {
            kind: kind.parse().map_err(ApiError::internal)?,
            url,
            at: at.and_utc(),
        })
    };
    rows.into_iter().map(event).collect()
}

/// Returns the outcomes of the emails accepted from `from` to before `to`: in total and by day of
/// acceptance. Counting by acceptance instead of by event keeps each rate at or below 1.
pub fn analytics(
    conn: &mut DbConnection,
    tenant: &TenantId,
    environment: Environment,
    from: NaiveDateTime,
    to: NaiveDateTime,
) -> Result<(EmailTotals, Vec<EmailDay>), ApiError> {
    // Both databases have `date()` and format it the same way.
    let rows: Vec<(String, String, i64)> = message_events::table
        .inner_join(messages::table)
        .filter(messages::tenant_id.eq(tenant.as_str()))
        .filter(messages::environment.eq(environment.as_str()))
        .filter(messages::created_at.ge(from))
        .filter(messages::created_at.lt(to))
        .group_by(sql::<Text>("1, 2"))
        .select(sql::<(Text, Text, BigInt)>(
            "CAST(date(messages.created_at) AS TEXT), message_events.kind, \
             COUNT(DISTINCT message_events.message_id)",
        ))
        .load(conn)?;
    let mut totals = EmailTotals::default();
    let mut days: BTreeMap<NaiveDate, EmailDay> = BTreeMap::new();
    for (date, kind, count) in rows {
        let date: NaiveDate = date.parse().map_err(ApiError::internal)?;
        let kind = kind.parse().map_err(ApiError::internal)?;
        let count = count.unsigned_abs();
        let day = days.entry(date).or_insert(EmailDay {
            date,
            sent: 0,
            opened: 0,
            clicked: 0,
            bounced: 0,
        });
        match kind {
            EventKind::Sent => {
                day.sent += count;
                totals.sent += count;
            }
            EventKind::Opened => {
                day.opened += count;
                totals.opened += count;
            }
            EventKind::Clicked => {
                day.clicked += count;
                totals.clicked += count;
            }
            EventKind::Bounced => {
                day.bounced += count;
                totals.bounced += count;
            }
            EventKind::Delivered => totals.delivered += count,
            EventKind::Complained => totals.complained += count,
            EventKind::Failed => totals.failed += count,
            EventKind::Unsubscribed => totals.unsubscribed += count,
        }
    }
    Ok((totals, days.into_values().collect()))
}
