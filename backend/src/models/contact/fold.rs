//! Backfill of contacts that were stored before texts were folded and domains converted to ASCII.

use super::Contact;
use crate::{
    db::DbConnection,
    error::ApiError,
    mail::address::{lookup_key, with_unicode_domain},
    models::{campaign::emails, search::fold},
    schema::contacts,
};
use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper};
use serde_json::{Map, Value};
use shared::contact::ContactStatus;

impl Contact {
    /// Returns the text that searches match: both forms of the address, and the names.
    pub(super) fn search_text(&self) -> String {
        let Self {
            email,
            first_name,
            last_name,
            ..
        } = self;
        let in_unicode = with_unicode_domain(email).unwrap_or_default();
        fold(&format!("{email} {first_name} {last_name} {in_unicode}"))
    }

    /// Backfills the folded texts of up to `limit` contacts. An address with a Unicode domain is
    /// converted to ASCII; if another contact has that address already, the two are merged.
    pub fn fold_texts(
        conn: &mut DbConnection,
        limit: i64,
        now: NaiveDateTime,
    ) -> Result<usize, ApiError> {
        let rows: Vec<Self> = contacts::table
            .filter(contacts::search_text.eq(""))
            .order(contacts::id)
            .limit(limit)
            .select(Self::as_select())
            .load(conn)?;
        for contact in &rows {
            let mut contact = contact.clone();
            contact.email = lookup_key(&contact.email);
            let twin = contacts::table
                .filter(contacts::tenant_id.eq(&contact.tenant_id))
                .filter(contacts::environment.eq(&contact.environment))
                .filter(contacts::email.eq(&contact.email))
                .filter(contacts::id.ne(&contact.id))
                .select(Self::as_select());
            let twin: Option<Self> = twin.first(conn).optional()?;
            if let Some(mut twin) = twin {
                diesel::delete(contacts::table.find(&contact.id)).execute(conn)?;
                emails::withdraw(conn, &contact.id, now)?;
                twin.absorb(contact, now)?;
                twin.update(conn)?;
            } else {
                contact.update(conn)?;
            }
        }
        Ok(rows.len())
    }

    /// Merges another contact with the same address. An unsubscribed or bounced address stays so.
    fn absorb(&mut self, other: Self, now: NaiveDateTime) -> Result<(), ApiError> {
        let is = |contact: &Self, status: ContactStatus| contact.status == status.as_str();
        for status in [ContactStatus::Bounced, ContactStatus::Unsubscribed] {
            if is(&other, status) && !is(self, ContactStatus::Unsubscribed) {
                self.status = status.as_str().into();
            }
        }
        for (mine, theirs) in [
            (&mut self.first_name, other.first_name),
            (&mut self.last_name, other.last_name),
        ] {
            if mine.is_empty() {
                *mine = theirs;
            }
        }
        let mut tags: Vec<String> = read(&self.tags)?;
        let more: Vec<String> = read(&other.tags)?;
        for tag in more {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        let mut attributes: Map<String, Value> = read(&other.attributes)?;
        attributes.extend(read::<Map<String, Value>>(&self.attributes)?);
        self.tags = serde_json::to_string(&tags).map_err(ApiError::internal)?;
        self.attributes = serde_json::to_string(&attributes).map_err(ApiError::internal)?;
        self.updated_at = now;
        Ok(())
    }
}

fn read<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, ApiError> {
    serde_json::from_str(json).map_err(ApiError::internal)
}
