//! Example keys of the OpenAPI document.

use chrono::{DateTime, TimeDelta, Utc};
use shared::{
    ids::KeyId,
    key::{CreatorKind, Environment, KeyCreator, KeyStatus, KeyUsage, KeyView},
    scope::Scope,
};

/// A newly created key.
pub fn key() -> KeyView {
    KeyView {
        id: KeyId::new("key_4fGh7kQ2mXyZ"),
        name: "nightly-import".into(),
        description: "Reads contacts at night".into(),
        environment: Environment::Test,
        masked_key: "pm_test_4fG...rFo".into(),
        permissions: vec![Scope::ContactsRead],
        pending_permissions: Vec::new(),
        unused_permissions: Vec::new(),
        status: KeyStatus::Active,
        created_at: created_at(),
        created_by: KeyCreator {
            kind: CreatorKind::Key,
            id: "key_8sJd2kLm4nPq".into(),
            email: "owner@example.com".into(),
        },
        created_keys: 0,
        last_used_at: None,
        last_used_address: None,
        last_refusal: None,
        expires_at: Some(created_at() + TimeDelta::days(90)),
        grace_until: None,
        ip_allowlist: vec!["203.0.113.0/24".into()],
        recoverable: false,
        lineage_id: "key_4fGh7kQ2mXyZ".into(),
        version: "3q2-7wAAAAAAAAAAAAAAAA".into(),
        usage: KeyUsage::default(),
    }
}

/// The same key after it was revoked.
pub fn revoked() -> KeyView {
    KeyView {
        status: KeyStatus::Revoked,
        ..key()
    }
}

/// The same key after it was rotated.
pub fn rotating() -> KeyView {
    KeyView {
        status: KeyStatus::Rotating,
        grace_until: Some(created_at() + TimeDelta::hours(1)),
        ..key()
    }
}

/// The successor of the rotated key.
pub fn successor() -> KeyView {
    KeyView {
        id: KeyId::new("key_9tKe3lMn5oQr"),
        masked_key: "pm_test_9tK...w2B".into(),
        ..key()
    }
}

fn created_at() -> DateTime<Utc> {
    // 2025-11-25T10:30:00Z
    DateTime::from_timestamp(1_764_066_600, 0).unwrap_or_default()
}
