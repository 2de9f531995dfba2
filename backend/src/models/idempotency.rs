//! Stored responses for idempotent requests.

use crate::{
    db::{self, DbConnection},
    error::ApiError,
    schema::idempotency_keys,
};
use chrono::{NaiveDateTime, TimeDelta};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use shared::{error::ErrorCode, ids::TenantId, key::Environment};

/// Retention period of a response.
const RETENTION: TimeDelta = TimeDelta::hours(24);

/// A request with an `Idempotency-Key`.
#[derive(Debug, Clone)]
pub struct IdempotentRequest {
    pub tenant_id: TenantId,
    pub environment: Environment,
    /// Keyed digests of the `Idempotency-Key`, one for each configured secret, newest first.
    pub key_digests: Vec<String>,
    pub body_digest: String,
}

/// A stored response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResponse {
    pub status: u16,
    /// Response body in JSON.
    pub body: String,
}

impl IdempotentRequest {
    /// Returns the digest under which new responses are stored.
    pub fn key_digest(&self) -> &str {
        self.key_digests.first().map_or("", String::as_str)
    }

    /// Returns the stored response to this request, if there is one. Fails if the key was used for
    /// a different request.
    pub fn stored(
        &self,
        conn: &mut DbConnection,
        now: NaiveDateTime,
    ) -> Result<Option<StoredResponse>, ApiError> {
        let row = idempotency_keys::table
            .filter(idempotency_keys::tenant_id.eq(self.tenant_id.as_str()))
            .filter(idempotency_keys::environment.eq(self.environment.as_str()))
            .filter(idempotency_keys::key.eq_any(&self.key_digests))
            .filter(idempotency_keys::created_at.gt(now - RETENTION))
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
        Ok(Some(StoredResponse { status, body }))
    }

    /// Locks this request across processes until the end of the transaction.
    pub fn lock(&self, conn: &mut DbConnection) -> Result<(), ApiError> {
        let tenant = &self.tenant_id;
        let environment = self.environment.as_str();
        db::lock(
            conn,
            &format!("idempotency {tenant} {environment} {}", self.key_digest()),
        )
    }

    /// Stores the response. Call it in the transaction of the request's effect.
    pub fn store(
        &self,
        conn: &mut DbConnection,
        response: &StoredResponse,
        now: NaiveDateTime,
    ) -> Result<(), ApiError> {
        let tenant = self.tenant_id.as_str();
        let environment = self.environment.as_str();
        // A response older than a day that has not been pruned yet.
        let key = self.key_digest();
        diesel::delete(idempotency_keys::table.find((tenant, environment, key))).execute(conn)?;
        diesel::insert_into(idempotency_keys::table)
            .values((
                idempotency_keys::tenant_id.eq(tenant),
                idempotency_keys::environment.eq(environment),
                idempotency_keys::key.eq(key),
                idempotency_keys::body_digest.eq(&self.body_digest),
                idempotency_keys::status.eq(i32::from(response.status)),
                idempotency_keys::answer.eq(&response.body),
                idempotency_keys::created_at.eq(now),
            ))
            .execute(conn)?;
        Ok(())
    }
}

/// Deletes responses older than a day.
pub fn prune(conn: &mut DbConnection, now: NaiveDateTime) -> Result<(), ApiError> {
    let old = idempotency_keys::table.filter(idempotency_keys::created_at.le(now - RETENTION));
    diesel::delete(old).execute(conn)?;
    Ok(())
}
