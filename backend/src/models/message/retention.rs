//! Pruning of emails after their retention period. Queued emails are kept.

use crate::{db::DbConnection, error::ApiError, schema::messages};
use chrono::NaiveDateTime;
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl};
use shared::{email::EmailStatus, ids::TenantId, key::Environment};

/// Deletes up to `limit` emails accepted before `before`, with their events. Returns the number of
/// deleted emails.
pub fn prune(
    conn: &mut DbConnection,
    tenant: &TenantId,
    environment: Environment,
    before: NaiveDateTime,
    limit: i64,
) -> Result<usize, ApiError> {
    let ids: Vec<String> = messages::table
        .filter(messages::tenant_id.eq(tenant.as_str()))
        .filter(messages::environment.eq(environment.as_str()))
        .filter(messages::created_at.lt(before))
        .filter(messages::status.ne(EmailStatus::Queued.as_str()))
        .order((messages::created_at, messages::id))
        .limit(limit)
        .select(messages::id)
        .load(conn)?;
    if ids.is_empty() {
        return Ok(0);
    }
    Ok(diesel::delete(messages::table.filter(messages::id.eq_any(ids))).execute(conn)?)
}

/// Removes the bodies of up to `limit` emails accepted before `before`. Returns the number of
/// affected emails.
pub fn prune_bodies(
    conn: &mut DbConnection,
    tenant: &TenantId,
    environment: Environment,
    before: NaiveDateTime,
    limit: i64,
) -> Result<usize, ApiError> {
    let ids: Vec<String> = messages::table
        .filter(messages::tenant_id.eq(tenant.as_str()))
        .filter(messages::environment.eq(environment.as_str()))
        .filter(messages::created_at.lt(before))
        .filter(
            messages::html_body
                .is_not_null()
                .or(messages::variables.is_not_null()),
        )
        .filter(messages::status.ne(EmailStatus::Queued.as_str()))
        .order(messages::created_at)
        .limit(limit)
        .select(messages::id)
        .load(conn)?;
    if ids.is_empty() {
        return Ok(0);
    }
    Ok(
        diesel::update(messages::table.filter(messages::id.eq_any(ids)))
            .set((
                messages::html_body.eq(None::<String>),
                messages::text_body.eq(None::<String>),
                messages::variables.eq(None::<String>),
            ))
            .execute(conn)?,
    )
}
