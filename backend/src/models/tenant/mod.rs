//! Tenants: the companies that use the server.

pub mod sender;

use crate::{
    db::DbConnection,
    error::ApiError,
    models::{
        audit::{AuditFields, audit_fields},
        change::{Change, Subject},
        template::Template,
    },
    schema::tenants,
};
use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper};
use serde_json::json;
use shared::{
    ids::TenantId,
    plan::{Plan, PlanLimits, PlanView},
    session::TenantView,
};

#[derive(Debug, Clone, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = tenants)]
pub struct Tenant {
    pub id: String,
    /// Name, unique on this server.
    pub name: String,
    plan: String,
    rate_per_minute: Option<i32>,
    burst: Option<i32>,
    /// `true` for the demonstration tenant.
    pub demo: bool,
    created_at: NaiveDateTime,
    /// `true` if recoverable keys may be created.
    pub allow_recoverable: bool,
    /// Default sender of the tenant's emails.
    pub default_from: Option<String>,
    sender_domains: String,
}

impl Tenant {
    /// Creates a tenant without storing it.
    pub fn new(id: TenantId, name: &str, plan: Plan, demo: bool, now: NaiveDateTime) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            plan: plan.as_str().into(),
            rate_per_minute: None,
            burst: None,
            demo,
            created_at: now,
            allow_recoverable: true,
            default_from: None,
            sender_domains: String::new(),
        }
    }

    /// Inserts the tenant, with the templates that new tenants start with.
    pub fn insert(&self, conn: &mut DbConnection) -> Result<(), ApiError> {
        diesel::insert_into(tenants::table)
            .values(self)
            .execute(conn)?;
        Template::insert_welcome(conn, &self.id(), self.created_at)
    }

    pub fn get(conn: &mut DbConnection, id: &TenantId) -> Result<Self, ApiError> {
        Ok(tenants::table
            .find(id.as_str())
            .select(Self::as_select())
            .first(conn)?)
    }

    pub fn ids(conn: &mut DbConnection) -> Result<Vec<TenantId>, ApiError> {
        let ids: Vec<String> = tenants::table.select(tenants::id).load(conn)?;
        Ok(ids.into_iter().map(TenantId::new).collect())
    }

    /// Returns all tenants, sorted by name.
    pub fn list(conn: &mut DbConnection) -> Result<Vec<Self>, ApiError> {
        let query = tenants::table
            .select(Self::as_select())
            .order(tenants::name);
        Ok(query.load(conn)?)
    }

    pub fn by_name(conn: &mut DbConnection, name: &str) -> Result<Option<Self>, ApiError> {
        let query = tenants::table
            .filter(tenants::name.eq(name))
            .select(Self::as_select());
        Ok(query.first(conn).optional()?)
    }

    /// Returns `true` if there is a demonstration tenant.
    pub fn any_demo(conn: &mut DbConnection) -> Result<bool, ApiError> {
        let demos: i64 = tenants::table
            .filter(tenants::demo.eq(true))
            .count()
            .get_result(conn)?;
        Ok(demos > 0)
    }

    /// Changes the plan. Limits that the operator has set stay.
    pub fn set_plan(conn: &mut DbConnection, id: &TenantId, plan: Plan) -> Result<(), ApiError> {
        diesel::update(tenants::table.find(id.as_str()))
            .set(tenants::plan.eq(plan.as_str()))
            .execute(conn)?;
        Change::log(conn, Subject::Tenant, id.as_str())
    }

    /// Removes the limits that the operator has set, so that the plan's apply.
    pub fn clear_limits(conn: &mut DbConnection, id: &TenantId) -> Result<(), ApiError> {
        diesel::update(tenants::table.find(id.as_str()))
            .set((
                tenants::rate_per_minute.eq(None::<i32>),
                tenants::burst.eq(None::<i32>),
            ))
            .execute(conn)?;
        Change::log(conn, Subject::Tenant, id.as_str())
    }

    /// Overrides the limits of the plan.
    pub fn set_limits(
        conn: &mut DbConnection,
        id: &TenantId,
        limits: PlanLimits,
    ) -> Result<(), ApiError> {
        let number = |value: u32| i32::try_from(value).map_err(ApiError::internal);
        diesel::update(tenants::table.find(id.as_str()))
            .set((
                tenants::rate_per_minute.eq(Some(number(limits.rate_per_minute)?)),
                tenants::burst.eq(Some(number(limits.burst)?)),
            ))
            .execute(conn)?;
        Change::log(conn, Subject::Tenant, id.as_str())
    }

    /// Sets the default sender, and the domains that emails may be sent from besides the default
    /// sender's.
    pub fn set_sender(
        conn: &mut DbConnection,
        id: &TenantId,
        default_from: &str,
        domains: &[String],
    ) -> Result<(), ApiError> {
        diesel::update(tenants::table.find(id.as_str()))
            .set((
                tenants::default_from.eq(default_from),
                tenants::sender_domains.eq(domains.join(",")),
            ))
            .execute(conn)?;
        Ok(())
    }

    /// Returns the domains that emails may be sent from, besides the default sender's.
    pub fn sender_domains(&self) -> impl Iterator<Item = &str> {
        self.sender_domains
            .split(',')
            .filter(|domain| !domain.is_empty())
    }

    pub fn id(&self) -> TenantId {
        TenantId::new(self.id.clone())
    }

    pub fn plan(&self) -> Result<Plan, ApiError> {
        self.plan.parse().map_err(ApiError::internal)
    }

    /// Returns the limits that the operator has set, or the plan's.
    pub fn limits(&self) -> Result<PlanLimits, ApiError> {
        let plan = self.plan()?.limits();
        let own = |value: Option<i32>, default| {
            value
                .and_then(|value| u32::try_from(value).ok())
                .unwrap_or(default)
        };
        Ok(PlanLimits {
            rate_per_minute: own(self.rate_per_minute, plan.rate_per_minute),
            burst: own(self.burst, plan.burst),
        })
    }

    /// Allows or forbids recoverable keys.
    pub fn set_allow_recoverable(
        conn: &mut DbConnection,
        id: &TenantId,
        allow: bool,
    ) -> Result<(), ApiError> {
        diesel::update(tenants::table.find(id.as_str()))
            .set(tenants::allow_recoverable.eq(allow))
            .execute(conn)?;
        Ok(())
    }

    /// Returns the fields for audit events.
    pub fn audited(&self) -> Result<AuditFields, ApiError> {
        let limits = self.limits()?;
        Ok(audit_fields([
            ("plan", json!(self.plan)),
            ("rate_per_minute", json!(limits.rate_per_minute)),
            ("burst", json!(limits.burst)),
            ("allow_recoverable", json!(self.allow_recoverable)),
            ("default_from", json!(self.default_from)),
            (
                "sender_domains",
                json!(self.sender_domains().collect::<Vec<_>>()),
            ),
        ]))
    }

    /// Converts the tenant's plan to its API response.
    pub fn plan_view(&self) -> Result<PlanView, ApiError> {
        Ok(PlanView {
            plan: self.plan()?,
            limits: self.limits()?,
        })
    }

    /// Converts the tenant to its API response.
    pub fn view(&self) -> Result<TenantView, ApiError> {
        Ok(TenantView {
            id: self.id(),
            name: self.name.clone(),
            plan: self.plan()?,
            allow_recoverable: self.allow_recoverable,
        })
    }
}
