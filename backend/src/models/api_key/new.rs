//! New API keys.

use super::{ApiKey, normalised};
use crate::keys::mint::Minted;
use chrono::{DateTime, Utc};
use shared::{ids::TenantId, key::CreateKey};

/// The creator of a key.
#[derive(Clone, Default)]
pub struct Creator {
    /// Actor kind: `user` or `key`.
    pub kind: &'static str,
    pub id: String,
    /// Email address of the user the key originates from.
    pub email: String,
}

impl ApiKey {
    /// Creates a key from a validated form.
    pub fn new(
        minted: Minted,
        tenant_id: &TenantId,
        form: CreateKey,
        creator: Creator,
        now: DateTime<Utc>,
    ) -> Self {
        let id = minted.id.to_string();
        Self {
            lineage_id: id.clone(),
            id,
            tenant_id: tenant_id.as_str().into(),
            environment: form.environment.as_str().into(),
            scopes: form.scopes().to_string(),
            bulk_approved_at: None,
            ip_allowlist: normalised(&form.ip_allowlist),
            secret_hash: minted.secret_hash,
            secret_version: minted.secret_version,
            mask_suffix: minted.mask_suffix,
            sealed_key: minted.sealed,
            created_at: now.naive_utc(),
            creator_kind: creator.kind.into(),
            creator_id: creator.id,
            creator_email: creator.email,
            expires_at: form.expiry(now).map(|date| date.naive_utc()),
            grace_until: None,
            rotated_at: None,
            disabled_at: None,
            revoked_at: None,
            name: form.name,
            description: form.description,
        }
    }
}
