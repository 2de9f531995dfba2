//! People who sign in.

use crate::{
    db::{self, DbConnection},
    error::ApiError,
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
#[derive(Clone, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = users)]
pub struct User {
    /// Identifier.
    pub id: String,
    /// The company.
    pub tenant_id: String,
    /// E-mail address, in lower case.
    pub email: String,
    name: String,
    role: String,
    /// Argon2id, in PHC form.
    pub password_hash: String,
    created_at: NaiveDateTime,
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
            email: email.to_lowercase(),
            name: name.into(),
            role: role.as_str().into(),
            password_hash,
            created_at: now,
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

    /// The person with this e-mail address, in any case.
    pub fn by_email(conn: &mut DbConnection, email: &str) -> Result<Option<Self>, ApiError> {
        let query = users::table
            .filter(users::email.eq(email.to_lowercase()))
            .select(Self::as_select());
        Ok(query.first(conn).optional()?)
    }

    /// Where to reach those who run the account: every Owner and Admin.
    pub fn emails_of_admins(
        conn: &mut DbConnection,
        tenant: &TenantId,
    ) -> Result<Vec<String>, ApiError> {
        let roles = [Role::Owner, Role::Admin].map(Role::as_str);
        Ok(users::table
            .filter(users::tenant_id.eq(tenant.as_str()))
            .filter(users::role.eq_any(roles))
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
