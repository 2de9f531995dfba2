//! Email templates with variables.

use crate::{
    db::{self, DbConnection},
    entity_tag::Preconditions,
    error::ApiError,
    models::{
        pagination::{self, PageCursor},
        quota,
    },
    schema::templates,
};
use chrono::NaiveDateTime;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl,
    SelectableHelper,
};
use shared::{
    ids::TenantId,
    key::Environment,
    page::Page,
    quota::Quota,
    template::{PutTemplate, TemplateView},
};

#[derive(
    Debug, Clone, diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset,
)]
#[diesel(table_name = templates)]
#[diesel(primary_key(tenant_id, environment, id))]
#[diesel(treat_none_as_null = true)]
pub struct Template {
    tenant_id: String,
    environment: String,
    /// Identifier, chosen by the tenant.
    pub id: String,
    name: String,
    /// Template of the subject.
    pub subject: String,
    /// Template of the HTML body.
    pub html_body: String,
    /// Template of the text body; `None` to derive the text from the HTML.
    pub text_body: Option<String>,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl Template {
    pub fn get(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        id: &str,
    ) -> Result<Option<Self>, ApiError> {
        let row = templates::table.find((tenant.as_str(), environment.as_str(), id));
        Ok(row.select(Self::as_select()).first(conn).optional()?)
    }

    /// Creates the template or replaces the one with this id, if the conditions hold. The flag is
    /// `true` for a new template.
    pub fn put(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        id: &str,
        input: PutTemplate,
        conditions: &Preconditions,
        now: NaiveDateTime,
    ) -> Result<(Self, bool), ApiError> {
        let name = environment.as_str();
        lock(conn, tenant, environment, id)?;
        let existing = Self::get(conn, tenant, environment, id)?;
        conditions.ensure(|| Ok(existing.clone().map(Self::into_view)))?;
        let template = Self {
            tenant_id: tenant.as_str().into(),
            environment: name.into(),
            id: id.into(),
            name: input.name.unwrap_or_default(),
            subject: input.subject,
            html_body: input.html_body,
            text_body: input.text_body,
            created_at: existing.as_ref().map_or(now, |row| row.created_at),
            updated_at: now,
        };
        if let Some(existing) = &existing {
            diesel::update(templates::table.find((tenant.as_str(), name, id)))
                .set(&template)
                .execute(conn)?;
            if template.bytes() > existing.bytes() {
                quota::ensure(conn, tenant, environment, &[Quota::StoredBytes])?;
            }
        } else {
            template.insert(conn)?;
            let quotas = [Quota::Templates, Quota::StoredBytes];
            quota::ensure(conn, tenant, environment, &quotas)?;
        }
        Ok((template, existing.is_none()))
    }

    fn bytes(&self) -> usize {
        let text = self.text_body.as_ref().map_or(0, String::len);
        self.subject.len() + self.html_body.len() + text
    }

    fn insert(&self, conn: &mut DbConnection) -> Result<(), ApiError> {
        diesel::insert_into(templates::table)
            .values(self)
            .execute(conn)?;
        Ok(())
    }

    /// Inserts the welcome template that new tenants start with. Migration 5 added it to existing
    /// tenants.
    pub fn insert_welcome(
        conn: &mut DbConnection,
        tenant: &TenantId,
        now: NaiveDateTime,
    ) -> Result<(), ApiError> {
        for environment in [Environment::Live, Environment::Test] {
            let template = Self {
                tenant_id: tenant.as_str().into(),
                environment: environment.as_str().into(),
                id: "welcome-v1".into(),
                name: "Welcome".into(),
                subject: "Welcome to {{ company }}, {{ name }}!".into(),
                html_body: "<h1>Welcome, {{ name }}!</h1>\n<p>Thank you for joining \
                            {{ company }}. We are glad that you are here.</p>\n"
                    .into(),
                text_body: Some(
                    "Welcome, {{ name }}!\n\nThank you for joining {{ company }}. \
                     We are glad that you are here.\n"
                        .into(),
                ),
                created_at: now,
                updated_at: now,
            };
            template.insert(conn)?;
        }
        Ok(())
    }

    /// Returns a page of templates, newest first.
    pub fn list(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        limit: i64,
        after: Option<PageCursor>,
    ) -> Result<Page<TemplateView>, ApiError> {
        let all = || {
            templates::table
                .filter(templates::tenant_id.eq(tenant.as_str().to_owned()))
                .filter(templates::environment.eq(environment.as_str()))
                .into_boxed()
        };
        let total: i64 = all().count().get_result(conn)?;
        let mut newest = all();
        if let Some(PageCursor { created_at, id }) = after {
            newest = newest.filter(
                templates::created_at
                    .lt(created_at)
                    .or(templates::created_at
                        .eq(created_at)
                        .and(templates::id.lt(id))),
            );
        }
        let rows: Vec<Self> = newest
            .select(Self::as_select())
            .order((templates::created_at.desc(), templates::id.desc()))
            .limit(limit + 1)
            .load(conn)?;
        let (rows, next_cursor) = pagination::cut(rows, limit, |row| PageCursor {
            created_at: row.created_at,
            id: row.id.clone(),
        });
        Ok(Page {
            data: rows.into_iter().map(Self::into_view).collect(),
            total: total.unsigned_abs(),
            next_cursor,
        })
    }

    /// Deletes the template with this id, if it exists and the conditions hold.
    pub fn delete(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        id: &str,
        conditions: &Preconditions,
    ) -> Result<bool, ApiError> {
        lock(conn, tenant, environment, id)?;
        let Some(existing) = Self::get(conn, tenant, environment, id)? else {
            return Ok(false);
        };
        conditions.ensure(|| Ok(Some(existing.into_view())))?;
        let row = templates::table.find((tenant.as_str(), environment.as_str(), id));
        Ok(diesel::delete(row).execute(conn)? > 0)
    }

    /// Converts the template to its API response.
    pub fn into_view(self) -> TemplateView {
        TemplateView {
            id: self.id,
            name: self.name,
            subject: self.subject,
            html_body: self.html_body,
            text_body: self.text_body,
            created_at: self.created_at.and_utc(),
            updated_at: self.updated_at.and_utc(),
        }
    }
}

/// Locks the template with this id until the end of the transaction.
fn lock(
    conn: &mut DbConnection,
    tenant: &TenantId,
    environment: Environment,
    id: &str,
) -> Result<(), ApiError> {
    let environment = environment.as_str();
    db::lock(conn, &format!("template {tenant} {environment} {id}"))
}
