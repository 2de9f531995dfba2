//! Answers that are given again to a repeated request.

use crate::{
    db::{self, DbConnection},
    error::ApiError,
    schema::idempotency_keys,
};
use chrono::{NaiveDateTime, TimeDelta};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use shared::{error::ErrorCode, ids::TenantId, key::Environment};

/// How long an answer is kept.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// A request that may be repeated: whose it is, its key, and what it says.
#[derive(Debug, Clone)]
pub struct Repeatable {
    /// Whose it is.
    pub tenant_id: TenantId,
    /// In which of the tenant's two worlds.
    pub environment: Environment,
    /// Keyed digests of the `Idempotency-Key`, one for each configured secret, newest first.
    pub key_digests: Vec<String>,
    /// A digest of the body.
    pub body_digest: String,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON.
    pub body: String,
}

impl Repeatable {
    /// The digest under which it is stored.
    pub fn key_digest(&self) -> &str {
        self.key_digests.first().map_or("", String::as_str)
    }

    /// The answer that this request had before, if it had one. Refuses another request
    /// under the same key.
    pub fn answered(
        &self,
        conn: &mut DbConnection,
        now: NaiveDateTime,
    ) -> Result<Option<Answer>, ApiError> {
        let row = idempotency_keys::table
            .filter(idempotency_keys::tenant_id.eq(self.tenant_id.as_str()))
            .filter(idempotency_keys::environment.eq(self.environment.as_str()))
            .filter(idempotency_keys::key.eq_any(&self.key_digests))
            .filter(idempotency_keys::created_at.gt(now - KEPT))
            .select((
                idempotency_keys::body_digest,
                idempotency_keys::status,
                idempotency_keys::answer,
            ));
        let Some((digest, status, body)) = row.first::<(String, i32, String)>(conn).optional()?
        else {
            return Ok(None);
        };
        if digest != self.body_digest {
            return Err(ErrorCode::IdempotencyKeyReused.into());
        }
        let status = u16::try_from(status).map_err(ApiError::internal)?;
        Ok(Some(Answer { status, body }))
    }

    /// Waits, until the end of the transaction, for other processes with this request.
    pub fn lock(&self, conn: &mut DbConnection) -> Result<(), ApiError> {
        let (tenant, environment) = (&self.tenant_id, self.environment.as_str());
        db::lock(
            conn,
            &format!("idempotency {tenant} {environment} {}", self.key_digest()),
        )
    }

    /// Keeps the answer, in the transaction of what it answers.
    pub fn keep(
        &self,
        conn: &mut DbConnection,
        answer: &Answer,
        now: NaiveDateTime,
    ) -> Result<(), ApiError> {
        let (tenant, environment) = (self.tenant_id.as_str(), self.environment.as_str());
        // One that is older than a day and not tidied away yet.
        let key = self.key_digest();
        diesel::delete(idempotency_keys::table.find((tenant, environment, key))).execute(conn)?;
        diesel::insert_into(idempotency_keys::table)
            .values((
                idempotency_keys::tenant_id.eq(tenant),
                idempotency_keys::environment.eq(environment),
                idempotency_keys::key.eq(key),
                idempotency_keys::body_digest.eq(&self.body_digest),
                idempotency_keys::status.eq(i32::from(answer.status)),
                idempotency_keys::answer.eq(&answer.body),
                idempotency_keys::created_at.eq(now),
            ))
            .execute(conn)?;
        Ok(())
    }
}

/// Forgets what is older than a day.
pub fn prune(conn: &mut DbConnection, now: NaiveDateTime) -> Result<(), ApiError> {
    let old = idempotency_keys::table.filter(idempotency_keys::created_at.le(now - KEPT));
    diesel::delete(old).execute(conn)?;
    Ok(())
}
