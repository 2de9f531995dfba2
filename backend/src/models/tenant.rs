//! Companies.

use crate::{
    db::DbConnection,
    error::ApiError,
    models::change::{Change, Subject},
    schema::tenants,
};
use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper};
use shared::{
    ids::TenantId,
    plan::{Plan, PlanLimits},
    session::TenantView,
};

/// A row of `tenants`.
#[derive(Debug, Clone, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = tenants)]
pub struct Tenant {
    /// Identifier.
    pub id: String,
    /// Name, unique on this server.
    pub name: String,
    plan: String,
    rate_per_minute: Option<i32>,
    burst: Option<i32>,
    /// Whether its data is made up.
    pub demo: bool,
    created_at: NaiveDateTime,
}

impl Tenant {
    /// A new company, not stored yet.
    pub fn new(id: TenantId, name: &str, plan: Plan, demo: bool, now: NaiveDateTime) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            plan: plan.as_str().into(),
            rate_per_minute: None,
            burst: None,
            demo,
            created_at: now,
        }
    }

    /// Stores it.
    pub fn insert(&self, conn: &mut DbConnection) -> Result<(), ApiError> {
        diesel::insert_into(tenants::table)
            .values(self)
            .execute(conn)?;
        Ok(())
    }

    /// The company with this id.
    pub fn get(conn: &mut DbConnection, id: &TenantId) -> Result<Self, ApiError> {
        Ok(tenants::table
            .find(id.as_str())
            .select(Self::as_select())
            .first(conn)?)
    }

    /// The company with this name.
    pub fn by_name(conn: &mut DbConnection, name: &str) -> Result<Option<Self>, ApiError> {
        let query = tenants::table
            .filter(tenants::name.eq(name))
            .select(Self::as_select());
        Ok(query.first(conn).optional()?)
    }

    /// Whether there is a company with made-up data.
    pub fn any_demo(conn: &mut DbConnection) -> Result<bool, ApiError> {
        let demos: i64 = tenants::table
            .filter(tenants::demo.eq(true))
            .count()
            .get_result(conn)?;
        Ok(demos > 0)
    }

    /// Moves it to another plan, whose own limits then apply.
    pub fn set_plan(conn: &mut DbConnection, id: &TenantId, plan: Plan) -> Result<(), ApiError> {
        diesel::update(tenants::table.find(id.as_str()))
            .set((
                tenants::plan.eq(plan.as_str()),
                tenants::rate_per_minute.eq(None::<i32>),
                tenants::burst.eq(None::<i32>),
            ))
            .execute(conn)?;
        Change::log(conn, Subject::Tenant, id.as_str())
    }

    /// Gives it limits of its own.
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

    /// Identifier.
    pub fn id(&self) -> TenantId {
        TenantId::new(self.id.clone())
    }

    /// What it pays for.
    pub fn plan(&self) -> Result<Plan, ApiError> {
        self.plan.parse().map_err(ApiError::internal)
    }

    /// Its own limits, or its plan's.
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

    /// As clients see it.
    pub fn view(&self) -> Result<TenantView, ApiError> {
        Ok(TenantView {
            id: self.id(),
            name: self.name.clone(),
            plan: self.plan()?,
        })
    }
}
