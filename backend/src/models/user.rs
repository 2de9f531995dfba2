//! Users of the dashboard.

use crate::{
    db::{self, DbConnection},
    error::ApiError,
    mail::address::lookup_key,
    models::audit::{AuditFields, audit_fields},
    schema::users,
};
use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper};
use serde_json::json;
use shared::{
    ids::{TenantId, UserId},
    role::Role,
    session::UserView,
};

/// A row of `users`. Without `Debug`, because it holds a password hash.
#[derive(Clone, PartialEq, Eq, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = users)]
pub struct User {
    pub id: String,
    pub tenant_id: String,
    /// Email address in lower case.
    pub email: String,
    pub name: String,
    role: String,
    /// Argon2id hash in PHC format.
    pub password_hash: String,
    created_at: NaiveDateTime,
    /// Time since which the user cannot sign in.
    pub disabled_at: Option<NaiveDateTime>,
}

impl User {
    /// Creates a user without storing it.
    pub fn new(
        id: UserId,
        tenant_id: &TenantId,
        email: &str,
        name: &str,
        role: Role,
        password_hash: String,
        now: NaiveDateTime,
    ) -> Self {
        Self {
            id: id.into(),
            tenant_id: tenant_id.as_str().into(),
            email: lookup_key(email),
            name: name.into(),
            role: role.as_str().into(),
            password_hash,
            created_at: now,
            disabled_at: None,
        }
    }

    /// Inserts the user. `Ok(false)` if the email address is taken.
    pub fn insert(&self, conn: &mut DbConnection) -> Result<bool, ApiError> {
        db::lock(conn, "users")?;
        if Self::by_email(conn, &self.email)?.is_some() {
            return Ok(false);
        }
        diesel::insert_into(users::table)
            .values(self)
            .execute(conn)?;
        Ok(true)
    }

    /// Finds the user with this email address, ignoring case, with the domain in ASCII or Unicode.
    /// Also finds users that were stored before domains were converted.
    pub fn by_email(conn: &mut DbConnection, email: &str) -> Result<Option<Self>, ApiError> {
        let query = users::table
            .filter(users::email.eq_any([lookup_key(email), email.to_lowercase()]))
            .select(Self::as_select());
        Ok(query.first(conn).optional()?)
    }

    /// Finds the user with this email address, and locks all users against changes until the
    /// transaction ends.
    pub fn for_change(conn: &mut DbConnection, email: &str) -> Result<Option<Self>, ApiError> {
        db::lock(conn, "users")?;
        Self::by_email(conn, email)
    }

    /// Returns `false` if the user was disabled or given another password since this row was read.
    /// Takes the lock of [`Self::for_change`].
    pub fn is_current(&self, conn: &mut DbConnection) -> Result<bool, ApiError> {
        let found = Self::for_change(conn, &self.email)?;
        Ok(found.is_some_and(|user| {
            user.password_hash == self.password_hash && user.disabled_at.is_none()
        }))
    }

    /// Updates role, password and disabling.
    pub fn save(&self, conn: &mut DbConnection) -> Result<(), ApiError> {
        diesel::update(
            users::table
                .filter(users::tenant_id.eq(&self.tenant_id))
                .filter(users::id.eq(&self.id)),
        )
        .set((
            users::role.eq(&self.role),
            users::password_hash.eq(&self.password_hash),
            users::disabled_at.eq(self.disabled_at),
        ))
        .execute(conn)?;
        Ok(())
    }

    /// Changes the role without storing it.
    pub fn set_role(&mut self, role: Role) {
        role.as_str().clone_into(&mut self.role);
    }

    /// Returns `true` for an Owner who can sign in.
    pub fn is_enabled_owner(&self) -> Result<bool, ApiError> {
        Ok(self.role()? == Role::Owner && self.disabled_at.is_none())
    }

    /// Returns `true` for an enabled Owner in a company without another one.
    pub fn is_last_owner(&self, conn: &mut DbConnection) -> Result<bool, ApiError> {
        if !self.is_enabled_owner()? {
            return Ok(false);
        }
        let others: i64 = users::table
            .filter(users::tenant_id.eq(&self.tenant_id))
            .filter(users::role.eq(Role::Owner.as_str()))
            .filter(users::disabled_at.is_null())
            .filter(users::id.ne(&self.id))
            .count()
            .get_result(conn)?;
        Ok(others == 0)
    }

    pub fn list(conn: &mut DbConnection, tenant: &TenantId) -> Result<Vec<Self>, ApiError> {
        Ok(users::table
            .filter(users::tenant_id.eq(tenant.as_str()))
            .select(Self::as_select())
            .order(users::email)
            .load(conn)?)
    }

    /// Returns the email addresses of all enabled Owners and Admins.
    pub fn emails_of_admins(
        conn: &mut DbConnection,
        tenant: &TenantId,
    ) -> Result<Vec<String>, ApiError> {
        let roles = [Role::Owner, Role::Admin].map(Role::as_str);
        Ok(users::table
            .filter(users::tenant_id.eq(tenant.as_str()))
            .filter(users::role.eq_any(roles))
            .filter(users::disabled_at.is_null())
            .select(users::email)
            .order(users::email)
            .load(conn)?)
    }

    /// Counts the users of all companies.
    pub fn count(conn: &mut DbConnection) -> Result<i64, ApiError> {
        Ok(users::table.count().get_result(conn)?)
    }

    /// Returns the fields for audit events.
    pub fn audited(&self) -> AuditFields {
        audit_fields([
            ("email", json!(self.email)),
            ("name", json!(self.name)),
            ("role", json!(self.role)),
            ("disabled", json!(self.disabled_at.is_some())),
        ])
    }

    pub fn role(&self) -> Result<Role, ApiError> {
        self.role.parse().map_err(ApiError::internal)
    }

    /// Converts the user to its API response.
    pub fn view(&self) -> Result<UserView, ApiError> {
        Ok(UserView {
            id: UserId::new(self.id.clone()),
            email: self.email.clone(),
            name: self.name.clone(),
            role: self.role()?,
        })
    }
}
