//! The people that tenants mail.

use crate::{
    db::{self, DbConnection},
    error::ApiError,
    schema::contacts,
};
use chrono::NaiveDateTime;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl,
    SelectableHelper,
    dsl::sql,
    sql_types::{Bool, Text},
};
use serde_json::{Map, Value};
use shared::{
    contact::{ContactStatus, ContactView, UpsertContact},
    ids::{ContactId, TenantId},
    key::Environment,
    page::Page,
};

/// A row of `contacts`.
#[derive(
    Debug, Clone, diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset,
)]
#[diesel(table_name = contacts)]
pub struct Contact {
    id: String,
    tenant_id: String,
    environment: String,
    email: String,
    first_name: String,
    last_name: String,
    tags: String,
    attributes: String,
    status: String,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

/// Which contacts a list is about.
pub struct Filter {
    /// Part of an e-mail address or name.
    pub search: Option<String>,
    /// How many rows.
    pub limit: i64,
    /// The last row of the page before: its time and id.
    pub after: Option<(NaiveDateTime, String)>,
}

impl Contact {
    /// Adds a contact, or updates the one with this e-mail address. Fields that
    /// are left out keep their value. The flag tells whether it is new.
    pub fn upsert(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        new_id: ContactId,
        input: UpsertContact,
        now: NaiveDateTime,
    ) -> Result<(Self, bool), ApiError> {
        let email = input.email.to_lowercase();
        let environment_name = environment.as_str();
        db::lock(
            conn,
            &format!("contact {tenant} {environment_name} {email}"),
        )?;
        let existing = contacts::table
            .filter(contacts::tenant_id.eq(tenant.as_str()))
            .filter(contacts::environment.eq(environment.as_str()))
            .filter(contacts::email.eq(&email))
            .select(Self::as_select())
            .first(conn)
            .optional()?;
        let is_new = existing.is_none();
        let mut contact = existing.unwrap_or_else(|| Self {
            id: new_id.into(),
            tenant_id: tenant.as_str().into(),
            environment: environment.as_str().into(),
            email,
            first_name: String::new(),
            last_name: String::new(),
            tags: "[]".into(),
            attributes: "{}".into(),
            status: ContactStatus::Active.as_str().into(),
            created_at: now,
            updated_at: now,
        });
        contact.apply(input, now)?;
        if is_new {
            diesel::insert_into(contacts::table)
                .values(&contact)
                .execute(conn)?;
        } else {
            diesel::update(contacts::table.find(&contact.id))
                .set(&contact)
                .execute(conn)?;
        }
        Ok((contact, is_new))
    }

    fn apply(&mut self, input: UpsertContact, now: NaiveDateTime) -> Result<(), ApiError> {
        self.updated_at = now;
        if let Some(name) = input.first_name {
            self.first_name = name;
        }
        if let Some(name) = input.last_name {
            self.last_name = name;
        }
        if let Some(tags) = input.tags {
            self.tags = serde_json::to_string(&tags).map_err(ApiError::internal)?;
        }
        if let Some(attributes) = input.attributes {
            self.attributes = serde_json::to_string(&attributes).map_err(ApiError::internal)?;
        }
        Ok(())
    }

    /// A page of contacts, newest first.
    pub fn list(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        filter: Filter,
    ) -> Result<Page<ContactView>, ApiError> {
        let matching = || {
            let mut query = contacts::table
                .filter(contacts::tenant_id.eq(tenant.as_str().to_owned()))
                .filter(contacts::environment.eq(environment.as_str()))
                .into_boxed();
            if let Some(search) = &filter.search {
                let pattern = super::api_key::contains_pattern(search);
                query = query.filter(
                    sql::<Bool>("(lower(email || ' ' || first_name || ' ' || last_name) LIKE ")
                        .bind::<Text, _>(pattern)
                        .sql(" ESCAPE '!')"),
                );
            }
            query
        };
        let total: i64 = matching().count().get_result(conn)?;
        let mut page = matching();
        if let Some((created_at, id)) = filter.after {
            page = page.filter(
                contacts::created_at
                    .lt(created_at)
                    .or(contacts::created_at.eq(created_at).and(contacts::id.lt(id))),
            );
        }
        let mut rows: Vec<Self> = page
            .select(Self::as_select())
            .order((contacts::created_at.desc(), contacts::id.desc()))
            .limit(filter.limit + 1)
            .load(conn)?;
        let more = i64::try_from(rows.len()).is_ok_and(|rows| rows > filter.limit);
        if more {
            rows.pop();
        }
        let next_cursor = rows.last().filter(|_| more).map(Self::cursor);
        let data = rows
            .into_iter()
            .map(Self::into_view)
            .collect::<Result<_, _>>()?;
        Ok(Page {
            data,
            total: total.unsigned_abs(),
            next_cursor,
        })
    }

    /// Where a page that ends with this row goes on.
    fn cursor(&self) -> String {
        format!(
            "{}-{}",
            self.created_at.and_utc().timestamp_millis(),
            self.id
        )
    }

    /// Reads a [`Self::cursor`].
    pub fn parse_cursor(text: &str) -> Option<(NaiveDateTime, String)> {
        let (millis, id) = text.split_once('-')?;
        let at = chrono::DateTime::from_timestamp_millis(millis.parse().ok()?)?;
        Some((at.naive_utc(), id.to_owned()))
    }

    /// As clients see it.
    pub fn into_view(self) -> Result<ContactView, ApiError> {
        let tags = serde_json::from_str(&self.tags).map_err(ApiError::internal)?;
        let attributes: Map<String, Value> =
            serde_json::from_str(&self.attributes).map_err(ApiError::internal)?;
        let statuses = [
            ContactStatus::Active,
            ContactStatus::Unsubscribed,
            ContactStatus::Bounced,
        ];
        let status = statuses
            .into_iter()
            .find(|status| status.as_str() == self.status)
            .ok_or_else(|| ApiError::internal("a contact has an unknown status"))?;
        Ok(ContactView {
            id: ContactId::new(self.id),
            email: self.email,
            first_name: self.first_name,
            last_name: self.last_name,
            tags,
            attributes,
            status,
            created_at: self.created_at.and_utc(),
            updated_at: self.updated_at.and_utc(),
        })
    }
}
