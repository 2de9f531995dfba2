//! The audit log. Entries are inserted in the transaction of the change that they record.

use crate::{
    db::{self, DbConnection},
    error::ApiError,
    models::pagination,
    random::new_id,
    schema::audit_log,
};
use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper};
use serde_json::{Map, Value};
use shared::{
    audit::{Action, Actor, ActorKind, AuditEntry},
    ids::{AuditId, TenantId},
    page::Page,
};

/// Audited fields by name.
pub type AuditFields = Map<String, Value>;

/// Builds [`AuditFields`] from name and value pairs.
pub fn audit_fields<const N: usize>(pairs: [(&str, Value); N]) -> AuditFields {
    pairs
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}

#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = audit_log)]
struct AuditRow {
    seq: i64,
    id: String,
    at: NaiveDateTime,
    actor_kind: String,
    actor_id: String,
    actor_email: String,
    actor_address: String,
    action: String,
    subject_id: String,
    before: Option<String>,
    after: Option<String>,
}

/// An audit event.
pub struct AuditEvent<'a> {
    pub tenant: &'a TenantId,
    pub actor: Actor,
    pub action: Action,
    pub subject_id: &'a str,
    pub at: NaiveDateTime,
}

impl AuditEvent<'_> {
    /// Records the event without fields.
    pub fn record(&self, conn: &mut DbConnection) -> Result<(), ApiError> {
        self.insert(conn, None, None)
    }

    /// Records the event with the fields of the created object.
    pub fn record_created(
        &self,
        conn: &mut DbConnection,
        after: &AuditFields,
    ) -> Result<(), ApiError> {
        self.insert(conn, None, Some(after))
    }

    /// Records the event with the fields that have changed.
    pub fn record_updated(
        &self,
        conn: &mut DbConnection,
        before: &AuditFields,
        after: &AuditFields,
    ) -> Result<(), ApiError> {
        let changed = |one: &AuditFields, other: &AuditFields| -> AuditFields {
            let differs = |(name, value): &(&String, &Value)| other.get(*name) != Some(*value);
            let members = one.iter().filter(differs);
            members
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect()
        };
        let was = changed(before, after);
        let is = changed(after, before);
        self.insert(conn, Some(&was), Some(&is))
    }

    fn insert(
        &self,
        conn: &mut DbConnection,
        before: Option<&AuditFields>,
        after: Option<&AuditFields>,
    ) -> Result<(), ApiError> {
        let text = |fields: Option<&AuditFields>| fields.map(serde_json::to_string).transpose();
        let id: AuditId = new_id().map_err(ApiError::internal)?;
        diesel::insert_into(audit_log::table)
            .values((
                audit_log::id.eq(id.as_str()),
                audit_log::tenant_id.eq(self.tenant.as_str()),
                audit_log::at.eq(self.at),
                audit_log::actor_kind.eq(self.actor.kind.as_str()),
                audit_log::actor_id.eq(&self.actor.id),
                audit_log::actor_email.eq(&self.actor.email),
                audit_log::actor_address.eq(&self.actor.address),
                audit_log::action.eq(self.action.as_str()),
                audit_log::subject_id.eq(self.subject_id),
                audit_log::before.eq(text(before).map_err(ApiError::internal)?),
                audit_log::after.eq(text(after).map_err(ApiError::internal)?),
            ))
            .execute(conn)?;
        self.log_after_commit(id);
        Ok(())
    }

    /// Copies the event to the process log, which can be collected on another machine. Omits email
    /// addresses and changes, which stay in the database.
    fn log_after_commit(&self, id: AuditId) {
        let tenant_id = self.tenant.to_string();
        let actor_id = self.actor.id.clone();
        let address = self.actor.address.clone();
        let subject_id = self.subject_id.to_owned();
        let action = self.action.as_str();
        let actor_kind = self.actor.kind.as_str();
        db::after_commit(move || {
            tracing::info!(
                target: "audit",
                %id, action, tenant_id, actor_kind, actor_id, address, subject_id,
                "audit event"
            );
        });
    }
}

/// Deletes up to `limit` of the tenant's oldest entries from before `before`. Returns the number of
/// deleted entries.
pub fn prune(
    conn: &mut DbConnection,
    tenant: &TenantId,
    before: NaiveDateTime,
    limit: i64,
) -> Result<usize, ApiError> {
    let oldest: Vec<(i64, NaiveDateTime)> = audit_log::table
        .filter(audit_log::tenant_id.eq(tenant.as_str()))
        .order(audit_log::seq)
        .limit(limit)
        .select((audit_log::seq, audit_log::at))
        .load(conn)?;
    let expired = oldest.into_iter().filter(|(_, at)| *at < before);
    let expired: Vec<i64> = expired.map(|(seq, _)| seq).collect();
    if expired.is_empty() {
        return Ok(0);
    }
    Ok(diesel::delete(audit_log::table.filter(audit_log::seq.eq_any(expired))).execute(conn)?)
}

/// Filters and pagination of the audit log.
#[derive(Default)]
pub struct AuditLogFilter {
    pub action: Option<Action>,
    /// Id of the key, user, session or tenant that was changed.
    pub subject_id: Option<String>,
    /// Maximum number of rows.
    pub limit: i64,
    /// Last row of the previous page.
    pub after: Option<i64>,
}

/// Returns a page of the tenant's audit log, newest first.
pub fn list(
    conn: &mut DbConnection,
    tenant: &TenantId,
    filter: AuditLogFilter,
) -> Result<Page<AuditEntry>, ApiError> {
    let matching = || {
        let mut query = audit_log::table
            .filter(audit_log::tenant_id.eq(tenant.as_str().to_owned()))
            .into_boxed();
        if let Some(action) = filter.action {
            query = query.filter(audit_log::action.eq(action.as_str()));
        }
        if let Some(subject) = &filter.subject_id {
            query = query.filter(audit_log::subject_id.eq(subject.clone()));
        }
        query
    };
    let total: i64 = matching().count().get_result(conn)?;
    let mut page = matching();
    if let Some(seq) = filter.after {
        page = page.filter(audit_log::seq.lt(seq));
    }
    let rows: Vec<AuditRow> = page
        .select(AuditRow::as_select())
        .order(audit_log::seq.desc())
        .limit(filter.limit + 1)
        .load(conn)?;
    let (rows, next_cursor) = pagination::cut(rows, filter.limit, |row| row.seq);
    Ok(Page {
        data: rows
            .into_iter()
            .map(AuditRow::into_view)
            .collect::<Result<_, _>>()?,
        total: total.unsigned_abs(),
        next_cursor,
    })
}

impl AuditRow {
    fn into_view(self) -> Result<AuditEntry, ApiError> {
        let parse = |text: Option<String>| {
            text.map(|text| serde_json::from_str(&text))
                .transpose()
                .map_err(ApiError::internal)
        };
        let kind = ActorKind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == self.actor_kind);
        let action = Action::ALL
            .iter()
            .find(|action| action.as_str() == self.action);
        let unknown = || ApiError::internal("an audit entry of an unknown kind");
        Ok(AuditEntry {
            id: AuditId::new(self.id),
            at: self.at.and_utc(),
            actor: Actor {
                kind: kind.ok_or_else(unknown)?,
                id: self.actor_id,
                email: self.actor_email,
                address: self.actor_address,
            },
            action: *action.ok_or_else(unknown)?,
            subject_id: self.subject_id,
            before: parse(self.before)?,
            after: parse(self.after)?,
        })
    }
}
