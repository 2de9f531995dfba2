//! The contact in the examples of the OpenAPI document.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use shared::{
    contact::{ContactStatus, ContactView},
    ids::ContactId,
};

/// A contact as it was added.
pub fn contact() -> ContactView {
    let attributes = json!({ "company": "Acme Corp" });
    ContactView {
        id: ContactId::new("con_8sJd2kLm4nPq6rSt"),
        email: "alice@example.com".into(),
        first_name: "Alice".into(),
        last_name: "Doe".into(),
        tags: vec!["newsletter".into()],
        attributes: attributes.as_object().cloned().unwrap_or_default(),
        status: ContactStatus::Active,
        created_at: created_at(),
        updated_at: created_at(),
    }
}

/// The contact after an update.
pub fn updated() -> ContactView {
    ContactView {
        updated_at: created_at() + TimeDelta::days(1),
        ..contact()
    }
}

/// The contact after it was replaced by one with another tag.
pub fn replaced() -> ContactView {
    ContactView {
        tags: vec!["newsletter".into(), "customer".into()],
        ..updated()
    }
}

fn created_at() -> DateTime<Utc> {
    // 2025-11-25T10:30:00Z
    DateTime::from_timestamp(1_764_066_600, 0).unwrap_or_default()
}
