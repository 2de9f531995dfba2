//! Quotas: a tenant's limits and usage in each environment.
//!
//! Triggers (migration 61) count templates, contacts, queued emails and stored bytes in the
//! transaction that changes them. A write that adds something calls [`ensure`] as its last
//! statement: the row of `quota_usage` is locked by then, so of two writes at the limit the second
//! sees the first and is rolled back.

use crate::{
    db::{self, DbConnection},
    error::ApiError,
    models::audit::{AuditFields, audit_fields},
    schema::{api_keys, quota_overrides, quota_usage, tenants},
};
use chrono::NaiveDateTime;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, RunQueryDsl,
    SelectableHelper, connection::SimpleConnection,
};
use serde_json::json;
use shared::{
    campaign::CampaignWait,
    error::ErrorCode,
    ids::TenantId,
    key::Environment,
    plan::Plan,
    quota::{Quota, Quotas, QuotasView},
};

/// Percentage of the queue that campaigns may fill, so that a large campaign does not block single
/// emails.
const CAMPAIGN_QUEUE_PERCENT: u64 = 50;

/// Maximum number of rotated keys of one lineage that work at the same time.
const MAX_ROTATING_KEYS: i64 = 5;

#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = quota_usage)]
struct Usage {
    templates: i64,
    contacts: i64,
    queued_emails: i64,
    stored_bytes: i64,
}

/// Quotas that the operator has set for a tenant; `None` for the plan's.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    diesel::Queryable,
    diesel::Selectable,
    diesel::Insertable,
    diesel::AsChangeset,
)]
#[diesel(table_name = quota_overrides, treat_none_as_null = true)]
pub struct QuotaOverrides {
    pub templates: Option<i64>,
    pub contacts: Option<i64>,
    pub keys: Option<i64>,
    pub stored_bytes: Option<i64>,
    pub queued_emails: Option<i64>,
}

impl QuotaOverrides {
    pub fn get(conn: &mut DbConnection, tenant: &TenantId) -> Result<Self, ApiError> {
        let row = quota_overrides::table.find(tenant.as_str());
        let found = row.select(Self::as_select()).first(conn).optional()?;
        Ok(found.unwrap_or_default())
    }

    pub fn set(self, conn: &mut DbConnection, tenant: &TenantId) -> Result<(), ApiError> {
        diesel::delete(quota_overrides::table.find(tenant.as_str())).execute(conn)?;
        diesel::insert_into(quota_overrides::table)
            .values((quota_overrides::tenant_id.eq(tenant.as_str()), self))
            .execute(conn)?;
        Ok(())
    }

    /// Returns these overrides, replaced by those that `newer` sets.
    #[must_use]
    pub fn updated_by(self, newer: Self) -> Self {
        Self {
            templates: newer.templates.or(self.templates),
            contacts: newer.contacts.or(self.contacts),
            keys: newer.keys.or(self.keys),
            stored_bytes: newer.stored_bytes.or(self.stored_bytes),
            queued_emails: newer.queued_emails.or(self.queued_emails),
        }
    }

    /// Returns the plan's quotas with these overrides applied.
    pub fn apply(self, plan: Quotas) -> Quotas {
        let own = |value: Option<i64>, plan| value.map_or(plan, i64::unsigned_abs);
        Quotas {
            templates: own(self.templates, plan.templates),
            contacts: own(self.contacts, plan.contacts),
            keys: own(self.keys, plan.keys),
            stored_bytes: own(self.stored_bytes, plan.stored_bytes),
            queued_emails: own(self.queued_emails, plan.queued_emails),
        }
    }

    /// Returns the fields for audit events.
    pub fn audited(self) -> AuditFields {
        audit_fields([
            ("templates_quota", json!(self.templates)),
            ("contacts_quota", json!(self.contacts)),
            ("keys_quota", json!(self.keys)),
            ("stored_bytes_quota", json!(self.stored_bytes)),
            ("queued_emails_quota", json!(self.queued_emails)),
        ])
    }
}

/// Loads the tenant's quotas and its usage in the environment, without the number of keys.
fn load(
    conn: &mut DbConnection,
    tenant: &TenantId,
    environment: Environment,
) -> Result<(Quotas, Quotas), ApiError> {
    let (plan, usage, overrides) = quota_usage::table
        .inner_join(tenants::table.on(tenants::id.eq(quota_usage::tenant_id)))
        .left_join(quota_overrides::table.on(quota_overrides::tenant_id.eq(quota_usage::tenant_id)))
        .filter(quota_usage::tenant_id.eq(tenant.as_str()))
        .filter(quota_usage::environment.eq(environment.as_str()))
        .select((
            tenants::plan,
            Usage::as_select(),
            Option::<QuotaOverrides>::as_select(),
        ))
        .first::<(String, Usage, Option<QuotaOverrides>)>(conn)?;
    let plan: Plan = plan.parse().map_err(ApiError::internal)?;
    let limits = overrides.unwrap_or_default().apply(plan.quotas());
    let count = |value: i64| u64::try_from(value).unwrap_or(0);
    let used = Quotas {
        templates: count(usage.templates),
        contacts: count(usage.contacts),
        keys: 0,
        stored_bytes: count(usage.stored_bytes),
        queued_emails: count(usage.queued_emails),
    };
    Ok((limits, used))
}

/// Returns the tenant's quotas and usage in both environments. Call it in a snapshot.
pub fn view(
    conn: &mut DbConnection,
    tenant: &TenantId,
    now: NaiveDateTime,
) -> Result<QuotasView, ApiError> {
    let (limits, mut live) = load(conn, tenant, Environment::Live)?;
    let (_, mut test) = load(conn, tenant, Environment::Test)?;
    live.keys = count_keys(conn, tenant, Environment::Live, now)?;
    test.keys = count_keys(conn, tenant, Environment::Test, now)?;
    Ok(QuotasView { limits, live, test })
}

/// Checks that the tenant is within `quotas` after the writes of this transaction. Call it last,
/// and only if the transaction adds to all of `quotas`: a tenant above a lowered quota can still
/// reduce its usage.
pub fn ensure(
    conn: &mut DbConnection,
    tenant: &TenantId,
    environment: Environment,
    quotas: &[Quota],
) -> Result<(), ApiError> {
    if let DbConnection::Postgres(conn) = conn {
        // Runs the deferred triggers.
        conn.batch_execute("SET CONSTRAINTS ALL IMMEDIATE")?;
    }
    let (limits, used) = load(conn, tenant, environment)?;
    for &quota in quotas {
        check(quota, environment, used.get(quota), limits.get(quota))?;
    }
    Ok(())
}

/// Variant of [`ensure`] for [`Quota::Keys`].
pub fn ensure_keys(
    conn: &mut DbConnection,
    tenant: &TenantId,
    environment: Environment,
    now: NaiveDateTime,
) -> Result<(), ApiError> {
    db::lock(
        conn,
        &format!("key quota {tenant} {}", environment.as_str()),
    )?;
    let (limits, _) = load(conn, tenant, environment)?;
    let used = count_keys(conn, tenant, environment, now)?;
    check(Quota::Keys, environment, used, limits.keys)
}

/// Limits the rotated keys of a lineage that still work in their grace periods. They count for
/// [`Quota::Keys`], but it does not reject rotations, so repeated rotation would create any number
/// of keys.
pub fn ensure_rotating(
    conn: &mut DbConnection,
    tenant: &TenantId,
    lineage_id: &str,
    now: NaiveDateTime,
) -> Result<(), ApiError> {
    let rotating: i64 = api_keys::table
        .filter(api_keys::tenant_id.eq(tenant.as_str()))
        .filter(api_keys::lineage_id.eq(lineage_id))
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::grace_until.gt(now))
        .count()
        .get_result(conn)?;
    if rotating <= MAX_ROTATING_KEYS {
        return Ok(());
    }
    let message = format!(
        "{MAX_ROTATING_KEYS} earlier keys of this one still work, in their grace periods; there \
         cannot be more."
    );
    Err(ApiError::new(ErrorCode::QuotaExceeded)
        .message(message)
        .detail("Revoke one of them, or wait until its grace period has ended."))
}

/// Returns how many emails campaigns may queue now, at least one, or the quota that they wait for.
pub fn room_for_campaigns(
    conn: &mut DbConnection,
    tenant: &TenantId,
    environment: Environment,
) -> Result<Result<u64, CampaignWait>, ApiError> {
    let (limits, used) = load(conn, tenant, environment)?;
    if used.stored_bytes >= limits.stored_bytes {
        return Ok(Err(CampaignWait::StoredBytes));
    }
    let for_campaigns = (limits.queued_emails * CAMPAIGN_QUEUE_PERCENT).div_ceil(100);
    Ok(match for_campaigns.saturating_sub(used.queued_emails) {
        0 => Err(CampaignWait::QueuedEmails),
        room => Ok(room),
    })
}

fn check(quota: Quota, environment: Environment, used: u64, limit: u64) -> Result<(), ApiError> {
    if used <= limit {
        return Ok(());
    }
    let unit = quota.unit();
    let environment = environment.as_str();
    let message = format!(
        "Your quota of {unit} in the {environment} environment is {limit}. With this, there \
         would be {used}."
    );
    let detail = format!(
        "{}, or ask the operator for a larger plan or quota (penguinmails admin set-plan or \
         set-quota). The billing page shows all quotas.",
        quota.remedy()
    );
    Err(ApiError::new(ErrorCode::QuotaExceeded)
        .message(message)
        .detail(detail))
}

/// Counts keys that work or can be enabled again.
fn count_keys(
    conn: &mut DbConnection,
    tenant: &TenantId,
    environment: Environment,
    now: NaiveDateTime,
) -> Result<u64, ApiError> {
    let count: i64 = api_keys::table
        .filter(api_keys::tenant_id.eq(tenant.as_str()))
        .filter(api_keys::environment.eq(environment.as_str()))
        .filter(api_keys::revoked_at.is_null())
        .filter(
            api_keys::grace_until
                .is_null()
                .or(api_keys::grace_until.gt(now)),
        )
        .filter(
            api_keys::expires_at
                .is_null()
                .or(api_keys::expires_at.gt(now)),
        )
        .count()
        .get_result(conn)?;
    Ok(count.unsigned_abs())
}
