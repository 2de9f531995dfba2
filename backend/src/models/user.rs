//! People who sign in.

use crate::{
    db::{self, DbConnection},
    error::ApiError,
    mail::address::lookup_key,
    models::audit::{Members, members},
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

/// A row of `users`. No `Debug`: it holds a password hash.
#[derive(Clone, PartialEq, Eq, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = users)]
pub struct User {
    /// Identifier.
    pub id: String,
    /// The company.
    pub tenant_id: String,
    /// E-mail address, in lower case.
    pub email: String,
    /// Full name.
    pub name: String,
    role: String,
    /// Argon2id, in PHC form.
    pub password_hash: String,
    created_at: NaiveDateTime,
    /// Since when signing in is impossible.
    pub disabled_at: Option<NaiveDateTime>,
}

impl User {
    /// A new person, not stored yet.
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

    /// Stores the person. `Ok(false)` if the e-mail address is taken.
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

    /// The person with this email address, in any case, and its domain in ASCII or not.
    /// Those who were stored before domains were are found as well.
    pub fn by_email(conn: &mut DbConnection, email: &str) -> Result<Option<Self>, ApiError> {
        let query = users::table
            .filter(users::email.eq_any([lookup_key(email), email.to_lowercase()]))
            .select(Self::as_select());
        Ok(query.first(conn).optional()?)
    }

    /// The user with this email address, locked against other changes of users until
    /// the transaction ends.
    pub fn for_change(conn: &mut DbConnection, email: &str) -> Result<Option<Self>, ApiError> {
        db::lock(conn, "users")?;
        Self::by_email(conn, email)
    }

    /// Returns `false` if the user was disabled or given another password since this
    /// row was read. Locks as [`Self::for_change`] does.
    pub fn is_current(&self, conn: &mut DbConnection) -> Result<bool, ApiError> {
        let found = Self::for_change(conn, &self.email)?;
        Ok(found.is_some_and(|user| {
            user.password_hash == self.password_hash && user.disabled_at.is_none()
        }))
    }

    /// Writes role, password and disabling back.
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

    /// Gives the user another role, not stored yet.
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

    /// The users of a company.
    pub fn list(conn: &mut DbConnection, tenant: &TenantId) -> Result<Vec<Self>, ApiError> {
        Ok(users::table
            .filter(users::tenant_id.eq(tenant.as_str()))
            .select(Self::as_select())
            .order(users::email)
            .load(conn)?)
    }

    /// Where to reach those who run the account: every enabled Owner and Admin.
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

    /// How many there are, in all companies.
    pub fn count(conn: &mut DbConnection) -> Result<i64, ApiError> {
        Ok(users::table.count().get_result(conn)?)
    }

    /// What the audit log tells of the person.
    pub fn audited(&self) -> Members {
        members([
            ("email", json!(self.email)),
            ("name", json!(self.name)),
            ("role", json!(self.role)),
            ("disabled", json!(self.disabled_at.is_some())),
        ])
    }

    /// What the person may do.
    pub fn role(&self) -> Result<Role, ApiError> {
        self.role.parse().map_err(ApiError::internal)
    }

    /// As clients see it.
    pub fn view(&self) -> Result<UserView, ApiError> {
        Ok(UserView {
            id: UserId::new(self.id.clone()),
            email: self.email.clone(),
            name: self.name.clone(),
            role: self.role()?,
        })
    }
}
