//! Changes of an API key. Each loads the row under a lock that is held until the end of the
//! transaction, changes it in memory and saves it.

use super::{ApiKey, VisibleKeys};
use crate::{
    db::{self, DbConnection},
    entity_tag::short_digest,
    error::ApiError,
    models::{
        audit::{AuditFields, audit_fields},
        change::{Change, Subject},
        search::fold,
    },
    schema::api_keys,
};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl};
use serde_json::json;
use shared::{
    error::ErrorCode,
    ids::KeyId,
    key::{KeyStatus, UpdateKey},
    scope::Scope,
    validate,
};

impl ApiKey {
    /// Returns the visible key, locked until the end of the transaction. A revoked key cannot be
    /// changed.
    pub fn for_change(
        conn: &mut DbConnection,
        visible: &VisibleKeys,
        id: &KeyId,
        now: DateTime<Utc>,
    ) -> Result<Self, ApiError> {
        db::lock(conn, id.as_str())?;
        let mut key = Self::get(conn, visible, id)?;
        match key.dates().status(now) {
            KeyStatus::Revoked => return Err(ErrorCode::KeyAlreadyRevoked.into()),
            // The change may extend its life, but its encrypted form has ended.
            KeyStatus::Expired => key.sealed_key = None,
            KeyStatus::Active | KeyStatus::Rotating | KeyStatus::Disabled => {}
        }
        Ok(key)
    }

    pub fn save(&self, conn: &mut DbConnection) -> Result<(), ApiError> {
        diesel::update(
            api_keys::table
                .filter(api_keys::tenant_id.eq(&self.tenant_id))
                .filter(api_keys::id.eq(&self.id)),
        )
        .set((self, api_keys::name_folded.eq(fold(&self.name))))
        .execute(conn)?;
        Change::log(conn, Subject::Key, &self.id)
    }

    /// Applies a validated form. Fields that are not given keep their value.
    pub fn update(&mut self, form: UpdateKey) {
        if let Some(name) = form.name {
            self.name = name;
        }
        if let Some(description) = form.description {
            self.description = description;
        }
        if let Some(permissions) = form.permissions {
            // An approval covers only the permission that was requested at the time.
            if !permissions.contains(&Scope::EmailsSendBulk) {
                self.bulk_approved_at = None;
            }
            self.scopes = permissions
                .into_iter()
                .collect::<shared::scope::ScopeSet>()
                .to_string();
        }
        if let Some(expires_at) = form.expires_at {
            self.expires_at = expires_at.map(|date| date.naive_utc());
        }
        if let Some(ranges) = form.ip_allowlist {
            self.ip_allowlist = normalised(&ranges);
        }
    }

    /// Revokes the key permanently and deletes its encrypted form.
    pub fn revoke(&mut self, now: DateTime<Utc>) {
        self.revoked_at = Some(now.naive_utc());
        self.sealed_key = None;
    }

    /// Lets the key work for `grace_secs` longer, but not past its expiry, because a successor
    /// replaces it.
    pub fn retire(&mut self, now: DateTime<Utc>, grace_secs: u32) {
        let end = (now + TimeDelta::seconds(grace_secs.into())).naive_utc();
        self.grace_until = Some(self.expires_at.map_or(end, |expiry| expiry.min(end)));
        self.rotated_at = Some(now.naive_utc());
        if grace_secs == 0 {
            self.sealed_key = None;
        }
    }

    /// Returns a digest of the key's settings, which changes with each change of them. Use and the
    /// passing of time do not affect it.
    pub fn version(&self) -> Result<String, ApiError> {
        let mut settings = self.audited();
        // The encrypted form is deleted some time after the key has expired.
        settings.remove("recoverable");
        let json = serde_json::to_vec(&settings).map_err(ApiError::internal)?;
        Ok(short_digest(&json))
    }

    /// Returns the fields for audit events.
    pub fn audited(&self) -> AuditFields {
        let date = |date: Option<chrono::NaiveDateTime>| json!(date.map(|date| date.and_utc()));
        let scopes: Vec<&str> = self.scopes.split(',').collect();
        audit_fields([
            ("name", json!(self.name)),
            ("description", json!(self.description)),
            ("environment", json!(self.environment)),
            ("permissions", json!(scopes)),
            ("bulk_approved_at", date(self.bulk_approved_at)),
            (
                "ip_allowlist",
                json!(self.ip_range_texts().collect::<Vec<_>>()),
            ),
            ("recoverable", json!(self.sealed_key.is_some())),
            ("expires_at", date(self.expires_at)),
            ("grace_until", date(self.grace_until)),
            ("disabled_at", date(self.disabled_at)),
            ("revoked_at", date(self.revoked_at)),
        ])
    }

    /// Deletes the encrypted form of keys that have expired or reached the end of their grace
    /// period.
    pub fn prune_sealed(conn: &mut DbConnection, now: DateTime<Utc>) -> Result<(), ApiError> {
        let at = now.naive_utc();
        let stopped = api_keys::expires_at.le(at).or(api_keys::grace_until.le(at));
        diesel::update(
            api_keys::table
                .filter(api_keys::sealed_key.is_not_null())
                .filter(stopped),
        )
        .set(api_keys::sealed_key.eq(None::<String>))
        .execute(conn)?;
        Ok(())
    }
}

/// Normalizes validated IP addresses and ranges for storage, without duplicates.
pub fn normalised(ranges: &[String]) -> String {
    let mut texts: Vec<String> = Vec::new();
    for range in ranges.iter().filter_map(|range| validate::ip_range(range)) {
        let text = range.to_string();
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts.join(",")
}
