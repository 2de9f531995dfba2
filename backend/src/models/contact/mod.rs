//! Contacts: the recipients of a tenant's campaigns.

mod audience;
mod fold;
mod list;

pub use audience::Audience;
pub use list::ContactFilter;

use crate::{
    db::{self, DbConnection},
    entity_tag::Preconditions,
    error::ApiError,
    mail::address::lookup_key,
    models::{campaign::emails, pagination::PageCursor, quota},
    schema::contacts,
};
use chrono::NaiveDateTime;
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper,
    result::{DatabaseErrorKind::UniqueViolation, Error::DatabaseError},
};
use serde_json::{Map, Value};
use shared::{
    contact::{ContactStatus, ContactView, ReplaceContact, UpsertContact},
    error::ErrorCode,
    ids::{ContactId, TenantId},
    key::Environment,
    quota::Quota,
};

#[derive(
    Debug, Clone, diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset,
)]
#[diesel(table_name = contacts)]
pub struct Contact {
    id: String,
    tenant_id: String,
    environment: String,
    pub email: String,
    first_name: String,
    last_name: String,
    tags: String,
    attributes: String,
    status: String,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl Contact {
    /// Creates a contact, or updates the one with this email address. Fields that are not given
    /// keep their value. The flag is `true` for a new contact.
    pub fn upsert(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        new_id: ContactId,
        input: UpsertContact,
        now: NaiveDateTime,
    ) -> Result<(Self, bool), ApiError> {
        let (contact, before) = Self::store(conn, tenant, environment, new_id, input, now)?;
        if let Some(before) = &before {
            if contact.bytes() > before.bytes() {
                quota::ensure(conn, tenant, environment, &[Quota::StoredBytes])?;
            }
        } else {
            let quotas = [Quota::Contacts, Quota::StoredBytes];
            quota::ensure(conn, tenant, environment, &quotas)?;
        }
        Ok((contact, before.is_none()))
    }

    /// Variant of [`Self::upsert`] without quotas. Returns the contact after and before the change.
    fn store(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        new_id: ContactId,
        input: UpsertContact,
        now: NaiveDateTime,
    ) -> Result<(Self, Option<Self>), ApiError> {
        let email = lookup_key(&input.email);
        lock_address(conn, tenant.as_str(), environment.as_str(), &email)?;
        let existing = contacts::table
            .filter(contacts::tenant_id.eq(tenant.as_str()))
            .filter(contacts::environment.eq(environment.as_str()))
            .filter(contacts::email.eq(&email))
            .select(Self::as_select())
            .first(conn)
            .optional()?;
        let mut contact = existing.clone().unwrap_or_else(|| Self {
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
        if existing.is_none() {
            diesel::insert_into(contacts::table)
                .values((&contact, contacts::search_text.eq(contact.search_text())))
                .execute(conn)?;
        } else {
            contact.update(conn)?;
        }
        Ok((contact, existing))
    }

    fn bytes(&self) -> usize {
        self.tags.len() + self.attributes.len()
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

    pub fn get(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        id: &ContactId,
    ) -> Result<Self, ApiError> {
        Ok(contacts::table
            .filter(contacts::tenant_id.eq(tenant.as_str()))
            .filter(contacts::environment.eq(environment.as_str()))
            .filter(contacts::id.eq(id.as_str()))
            .select(Self::as_select())
            .first(conn)?)
    }

    /// Variant of [`Self::get`] that locks the contact until the end of the transaction.
    fn get_locked(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        id: &ContactId,
    ) -> Result<Self, ApiError> {
        let mut contact = Self::get(conn, tenant, environment, id)?;
        loop {
            lock_address(conn, tenant.as_str(), environment.as_str(), &contact.email)?;
            let locked = Self::get(conn, tenant, environment, id)?;
            if locked.email == contact.email {
                return Ok(locked);
            }
            // Its address was changed while this waited for the lock.
            contact = locked;
        }
    }

    /// Replaces the tenant's contact if the conditions hold.
    pub fn replace(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        id: &ContactId,
        input: ReplaceContact,
        conditions: &Preconditions,
        now: NaiveDateTime,
    ) -> Result<Self, ApiError> {
        let mut contact = Self::get_locked(conn, tenant, environment, id)?;
        conditions.ensure(|| contact.clone().into_view().map(Some))?;
        let bytes_before = contact.bytes();
        if let Some(email) = input.email {
            contact.email = lookup_key(&email);
        }
        contact.first_name = input.first_name;
        contact.last_name = input.last_name;
        contact.tags = serde_json::to_string(&input.tags).map_err(ApiError::internal)?;
        contact.attributes =
            serde_json::to_string(&input.attributes).map_err(ApiError::internal)?;
        if let Some(status) = input.status {
            contact.status = status.as_str().into();
        }
        contact.updated_at = now;
        contact.update(conn)?;
        if contact.bytes() > bytes_before {
            quota::ensure(conn, tenant, environment, &[Quota::StoredBytes])?;
        }
        Ok(contact)
    }

    /// Deletes the tenant's contact if the conditions hold. Emails that campaigns have queued for
    /// it are withdrawn.
    pub fn delete(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        id: &ContactId,
        conditions: &Preconditions,
        now: NaiveDateTime,
    ) -> Result<(), ApiError> {
        let contact = Self::get_locked(conn, tenant, environment, id)?;
        conditions.ensure(|| contact.clone().into_view().map(Some))?;
        diesel::delete(contacts::table.find(&contact.id)).execute(conn)?;
        emails::withdraw(conn, &contact.id, now)
    }

    /// Stores the changes. Emails that campaigns have queued for an unsubscribed contact are
    /// withdrawn.
    fn update(&self, conn: &mut DbConnection) -> Result<(), ApiError> {
        if self.status == ContactStatus::Unsubscribed.as_str() {
            emails::withdraw(conn, &self.id, self.updated_at)?;
        }
        let updated = diesel::update(contacts::table.find(&self.id))
            .set((self, contacts::search_text.eq(self.search_text())))
            .execute(conn);
        match updated {
            Ok(_) => Ok(()),
            Err(DatabaseError(UniqueViolation, _)) => Err(ErrorCode::ContactExists.into()),
            Err(error) => Err(error.into()),
        }
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn email(&self) -> &str {
        &self.email
    }

    /// Returns the template variables of the contact: its attributes, address and names. The latter
    /// win over attributes of the same name.
    pub fn variables(&self) -> Result<Map<String, Value>, ApiError> {
        let mut variables: Map<String, Value> =
            serde_json::from_str(&self.attributes).map_err(ApiError::internal)?;
        for (name, value) in [
            ("email", &self.email),
            ("first_name", &self.first_name),
            ("last_name", &self.last_name),
        ] {
            variables.insert(name.into(), value.as_str().into());
        }
        Ok(variables)
    }

    /// Returns the position in the order in which contacts were added.
    pub fn position(&self) -> PageCursor {
        PageCursor {
            created_at: self.created_at,
            id: self.id.clone(),
        }
    }

    /// Converts the contact to its API response.
    pub fn into_view(self) -> Result<ContactView, ApiError> {
        let tags = serde_json::from_str(&self.tags).map_err(ApiError::internal)?;
        let attributes: Map<String, Value> =
            serde_json::from_str(&self.attributes).map_err(ApiError::internal)?;
        let status = ContactStatus::ALL
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

    /// Unsubscribes an address, even if it is not a contact's yet. Ignores quotas.
    pub fn unsubscribe(
        conn: &mut DbConnection,
        tenant: &TenantId,
        environment: Environment,
        new_id: ContactId,
        email: &str,
        now: NaiveDateTime,
    ) -> Result<(), ApiError> {
        let input = UpsertContact {
            email: email.to_owned(),
            first_name: None,
            last_name: None,
            tags: None,
            attributes: None,
        };
        let (mut contact, _) = Self::store(conn, tenant, environment, new_id, input, now)?;
        contact.status = ContactStatus::Unsubscribed.as_str().into();
        contact.update(conn)
    }

    /// Marks the active contact with this address as bounced.
    pub fn bounced(
        conn: &mut DbConnection,
        tenant: &str,
        environment: &str,
        email: &str,
        now: NaiveDateTime,
    ) -> Result<(), ApiError> {
        let email = lookup_key(email);
        lock_address(conn, tenant, environment, &email)?;
        let contact = contacts::table
            .filter(contacts::tenant_id.eq(tenant))
            .filter(contacts::environment.eq(environment))
            .filter(contacts::email.eq(email))
            .filter(contacts::status.eq(ContactStatus::Active.as_str()));
        diesel::update(contact)
            .set((
                contacts::status.eq(ContactStatus::Bounced.as_str()),
                contacts::updated_at.eq(now),
            ))
            .execute(conn)?;
        Ok(())
    }
}

/// Locks the contact with this address until the end of the transaction.
fn lock_address(
    conn: &mut DbConnection,
    tenant: &str,
    environment: &str,
    email: &str,
) -> Result<(), ApiError> {
    db::lock(conn, &format!("contact {tenant} {environment} {email}"))
}
