//! Short-lived tokens that act for a key in Try It Out. They are read from the database on each
//! request: there are few of them, and all reasons to end one take effect immediately.

use crate::{
    db::DbConnection,
    error::ApiError,
    models::session::{IDLE, SignedIn},
    schema::{playground_tokens, sessions, users},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{NaiveDateTime, TimeDelta};
use diesel::{
    ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper,
};
use shared::{ids::KeyId, scope::ScopeSet};
use std::net::IpAddr;

/// Lifetime of a token.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(5);

/// Returns the digest under which a token is stored.
pub fn digest(token: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, token))
}

/// A row of `playground_tokens`. The token itself is not stored.
#[derive(diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = playground_tokens)]
pub struct PlaygroundToken {
    digest: String,
    /// The key that the token acts for.
    pub key_id: String,
    session_id: String,
    role: String,
    address: String,
    expires_at: NaiveDateTime,
    /// The token's maximum scopes, in the format of [`ScopeSet`].
    scopes: String,
}

impl PlaygroundToken {
    /// Creates a token for this session and IP address, with at most these scopes. Does not store
    /// it.
    pub fn new(
        digest: String,
        key_id: &KeyId,
        scopes: ScopeSet,
        signed_in: &SignedIn,
        address: IpAddr,
        now: NaiveDateTime,
    ) -> Result<Self, ApiError> {
        Ok(Self {
            digest,
            key_id: key_id.as_str().into(),
            session_id: signed_in.session.id.clone(),
            role: signed_in.user.role()?.as_str().into(),
            address: address.to_string(),
            expires_at: now + LIFETIME,
            scopes: scopes.to_string(),
        })
    }

    /// Returns the token's maximum scopes, including all implied ones.
    pub fn scopes(&self) -> Result<ScopeSet, ApiError> {
        self.scopes.parse().map_err(ApiError::internal)
    }

    /// Inserts the token and deletes expired ones.
    pub fn insert(&self, conn: &mut DbConnection) -> Result<(), ApiError> {
        let now = self.expires_at - LIFETIME;
        diesel::delete(playground_tokens::table.filter(playground_tokens::expires_at.le(now)))
            .execute(conn)?;
        diesel::insert_into(playground_tokens::table)
            .values(self)
            .execute(conn)?;
        Ok(())
    }

    /// Finds the token with this digest, unless it or its session has ended or the user's role has
    /// changed.
    pub fn find(
        conn: &mut DbConnection,
        digest: &str,
        now: NaiveDateTime,
    ) -> Result<Option<Self>, ApiError> {
        let query = playground_tokens::table
            .inner_join(sessions::table)
            .inner_join(users::table.on(users::id.eq(sessions::user_id)))
            .filter(playground_tokens::digest.eq(digest))
            .filter(playground_tokens::expires_at.gt(now))
            .filter(playground_tokens::role.eq(users::role))
            .filter(users::disabled_at.is_null())
            .filter(sessions::expires_at.gt(now))
            .filter(sessions::last_seen_at.gt(now - IDLE))
            .select(Self::as_select());
        Ok(query.first(conn).optional()?)
    }

    /// Returns `true` if the token was issued to this IP address.
    pub fn is_of(&self, client: IpAddr) -> bool {
        self.address == client.to_string()
    }

    /// Deletes all tokens of a session.
    pub fn end_of_session(conn: &mut DbConnection, session_id: &str) -> Result<(), ApiError> {
        let of_session = playground_tokens::session_id.eq(session_id);
        diesel::delete(playground_tokens::table.filter(of_session)).execute(conn)?;
        Ok(())
    }

    /// Deletes all tokens of a key, because it can do less now than when they were issued.
    pub fn end_all(conn: &mut DbConnection, key_id: &str) -> Result<(), ApiError> {
        diesel::delete(playground_tokens::table.filter(playground_tokens::key_id.eq(key_id)))
            .execute(conn)?;
        Ok(())
    }
}
