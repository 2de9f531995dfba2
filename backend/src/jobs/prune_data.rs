//! Deletes emails, their bodies and audit events after their retention period, in batches with
//! pauses, so that writers do not wait.

use crate::{
    error::ApiError,
    jobs::prune_usage::in_batches,
    models::{audit, campaign::Campaign, message::retention as message_retention, tenant::Tenant},
    state::AppState,
};
use chrono::TimeDelta;
use shared::key::Environment;

/// Audit events that one transaction deletes.
const AUDIT_BATCH_SIZE: i64 = 1000;
/// Emails that one transaction deletes, each with its events and body.
const MESSAGE_BATCH_SIZE: i64 = 200;
/// Deleted campaigns that one transaction prunes.
const CAMPAIGN_BATCH_SIZE: i64 = 100;

/// Prunes all expired data, or stops with the server.
pub async fn prune(state: &AppState) -> Result<(), ApiError> {
    let now = state.clock.now_naive();
    let cutoff = |days: Option<u32>| days.map(|days| now - TimeDelta::days(days.into()));
    let settings = state.retention;
    let bodies_before = cutoff(settings.message_body_days());
    let messages_before = cutoff(settings.message_days());
    let audit_before = cutoff(settings.audit_days());
    if [bodies_before, messages_before, audit_before] == [None; 3] {
        return Ok(());
    }
    for tenant in state.db.read(Tenant::ids).await? {
        // One tenant and environment per transaction: it locks one row of `quota_usage`.
        for environment in Environment::ALL {
            if let Some(before) = messages_before {
                let tenant = tenant.clone();
                in_batches(state, move |conn| {
                    let limit = MESSAGE_BATCH_SIZE;
                    message_retention::prune(conn, &tenant, environment, before, limit)
                })
                .await?;
            }
            if let Some(before) = bodies_before {
                let tenant = tenant.clone();
                in_batches(state, move |conn| {
                    let limit = MESSAGE_BATCH_SIZE;
                    message_retention::prune_bodies(conn, &tenant, environment, before, limit)
                })
                .await?;
            }
            let tenant = tenant.clone();
            in_batches(state, move |conn| {
                Campaign::prune_deleted(conn, &tenant, environment, CAMPAIGN_BATCH_SIZE)
            })
            .await?;
        }
        if let Some(before) = audit_before {
            in_batches(state, move |conn| {
                audit::prune(conn, &tenant, before, AUDIT_BATCH_SIZE)
            })
            .await?;
        }
    }
    Ok(())
}
