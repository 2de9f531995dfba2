//! Changes of a key. Each takes the row as it is, locked until the end of the
//! transaction, changes it in memory and writes it back.

use super::{ApiKey, VisibleKeys};
use crate::{
    db::{self, DbConnection},
    entity_tag::short_digest,
    error::ApiError,
    models::{
        audit::{Members, members},
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
    /// The visible key, which nobody else can change until the end of the
    /// transaction. A revoked key cannot be changed at all.
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
            // It may be about to live on; its encrypted form has ended.
            KeyStatus::Expired => key.sealed_key = None,
            KeyStatus::Active | KeyStatus::Rotating | KeyStatus::Disabled => {}
        }
        Ok(key)
    }

    /// Writes the row back.
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

    /// Applies a checked form. What it leaves out keeps its value.
    pub fn update(&mut self, form: UpdateKey) {
        if let Some(name) = form.name {
            self.name = name;
        }
        if let Some(description) = form.description {
            self.description = description;
        }
        if let Some(permissions) = form.permissions {
            // An approval is for the permission that was asked for then.
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

    /// Revokes it for good; nothing is left that could be shown again.
    pub fn revoke(&mut self, now: DateTime<Utc>) {
        self.revoked_at = Some(now.naive_utc());
        self.sealed_key = None;
    }

    /// Lets it work for `grace_secs` longer, and never past its own expiry,
    /// because a newer key takes its place.
    pub fn retire(&mut self, now: DateTime<Utc>, grace_secs: u32) {
        let end = (now + TimeDelta::seconds(grace_secs.into())).naive_utc();
        self.grace_until = Some(self.expires_at.map_or(end, |expiry| expiry.min(end)));
        self.rotated_at = Some(now.naive_utc());
        if grace_secs == 0 {
            self.sealed_key = None;
        }
    }

    /// Identifies the key's settings: another text after each change of them, whatever the
    /// clock says. Use and the passing of time are no changes.
    pub fn version(&self) -> Result<String, ApiError> {
        let mut settings = self.audited();
        // Its encrypted form is deleted some time after it has expired.
        settings.remove("recoverable");
        let json = serde_json::to_vec(&settings).map_err(ApiError::internal)?;
        Ok(short_digest(&json))
    }

    /// What the audit log tells of it.
    pub fn audited(&self) -> Members {
        let date = |date: Option<chrono::NaiveDateTime>| json!(date.map(|date| date.and_utc()));
        let scopes: Vec<&str> = self.scopes.split(',').collect();
        members([
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

    /// Deletes the encrypted form of keys that have stopped by themselves.
    pub fn forget_sealed(conn: &mut DbConnection, now: DateTime<Utc>) -> Result<(), ApiError> {
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

/// Checked addresses and ranges, as the row has them: each once.
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
