//! Sessions of signed-in browsers. Only a digest of the cookie's token is stored.

use crate::{
    db::DbConnection,
    error::ApiError,
    models::{
        change::{Change, Subject},
        tenant::Tenant,
        user::User,
    },
    schema::{sessions, tenants, users},
};
use chrono::{NaiveDateTime, TimeDelta};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl,
    SelectableHelper,
};
use shared::{error::ErrorCode, ids::SessionId, session::SessionEntry, user_agent};

/// Absolute timeout, counted from sign-in.
pub const LIFETIME: TimeDelta = TimeDelta::days(7);
/// Idle timeout, counted from the last request.
pub const IDLE: TimeDelta = TimeDelta::hours(24);
/// Time for which an entered password is valid for sensitive actions.
pub const SUDO_LASTS: TimeDelta = TimeDelta::minutes(15);
/// Time for which an entered password is valid for revealing a key.
pub const SUDO_FRESH: TimeDelta = TimeDelta::minutes(5);
/// Time for which the old token works after entering sudo, for requests that were already in
/// flight. It has no sudo.
const ROTATION_OVERLAP: TimeDelta = TimeDelta::seconds(10);
/// Maximum staleness of `last_seen_at`, so that not every request writes.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(5);

#[derive(Clone, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = sessions)]
pub struct Session {
    /// Identifier. Unlike the token it grants no access.
    pub id: String,
    pub user_id: String,
    /// Digest of the token in the cookie.
    pub token_hash: String,
    previous_token_hash: Option<String>,
    rotated_at: NaiveDateTime,
    created_at: NaiveDateTime,
    /// Time of the last request, up to five minutes out of date.
    pub last_seen_at: NaiveDateTime,
    expires_at: NaiveDateTime,
    /// Time until which sensitive actions need no password.
    pub sudo_until: Option<NaiveDateTime>,
    address: String,
    user_agent: String,
}

/// A session with its user and tenant.
#[derive(Clone)]
pub struct SignedIn {
    pub session: Session,
    pub user: User,
    pub tenant: Tenant,
}

impl Session {
    /// Creates a session without storing it.
    pub fn new(
        id: String,
        user_id: &str,
        token_hash: String,
        now: NaiveDateTime,
        address: String,
        user_agent: &str,
    ) -> Self {
        Self {
            id,
            user_id: user_id.into(),
            token_hash,
            previous_token_hash: None,
            rotated_at: now,
            created_at: now,
            last_seen_at: now,
            expires_at: now + LIFETIME,
            sudo_until: None,
            address,
            user_agent: user_agent.chars().take(200).collect(),
        }
    }

    /// Inserts the session and deletes expired ones.
    pub fn insert(&self, conn: &mut DbConnection) -> Result<(), ApiError> {
        let now = self.created_at;
        diesel::delete(
            sessions::table.filter(
                sessions::expires_at
                    .le(now)
                    .or(sessions::last_seen_at.le(now - IDLE)),
            ),
        )
        .execute(conn)?;
        diesel::insert_into(sessions::table)
            .values(self)
            .execute(conn)?;
        Ok(())
    }

    /// Finds the session with this token, unless it has ended.
    pub fn find(
        conn: &mut DbConnection,
        token_hash: &str,
        now: NaiveDateTime,
    ) -> Result<Option<SignedIn>, ApiError> {
        let found = sessions::table
            .inner_join(users::table.inner_join(tenants::table))
            .filter(
                sessions::token_hash
                    .eq(token_hash)
                    .or(sessions::previous_token_hash
                        .eq(token_hash)
                        .and(sessions::rotated_at.gt(now - ROTATION_OVERLAP))),
            )
            .filter(sessions::expires_at.gt(now))
            .filter(sessions::last_seen_at.gt(now - IDLE))
            .filter(users::disabled_at.is_null())
            .select((Self::as_select(), User::as_select(), Tenant::as_select()))
            .first::<(Self, User, Tenant)>(conn)
            .optional()?;
        Ok(found.map(|(mut session, user, tenant)| {
            if session.token_hash != token_hash {
                session.sudo_until = None;
            }
            SignedIn {
                session,
                user,
                tenant,
            }
        }))
    }

    /// Converts the session to an entry of the list of sessions. `current` is the id of the calling
    /// session.
    pub fn entry(self, current: &str) -> SessionEntry {
        SessionEntry {
            current: self.id == current,
            id: SessionId::new(self.id),
            browser: user_agent::describe(&self.user_agent),
            address: self.address,
            started_at: self.created_at.and_utc(),
            last_seen_at: self.last_seen_at.and_utc(),
            expires_at: self.expires_at.and_utc(),
        }
    }

    /// Returns `true` if `last_seen_at` should be updated.
    pub fn is_stale(&self, now: NaiveDateTime) -> bool {
        self.last_seen_at < now - SEEN_EVERY
    }

    /// Updates the time of the last request.
    pub fn touch(conn: &mut DbConnection, id: &str, now: NaiveDateTime) -> Result<(), ApiError> {
        diesel::update(sessions::table.find(id))
            .set(sessions::last_seen_at.eq(now))
            .execute(conn)?;
        Ok(())
    }

    /// Enters sudo: gives the session a new token and allows sensitive actions.
    pub fn elevate(
        conn: &mut DbConnection,
        id: &str,
        old_token_hash: &str,
        new_token_hash: &str,
        now: NaiveDateTime,
        sudo_until: NaiveDateTime,
    ) -> Result<(), ApiError> {
        let updated = diesel::update(sessions::table.find(id))
            .filter(sessions::token_hash.eq(old_token_hash))
            .set((
                sessions::token_hash.eq(new_token_hash),
                sessions::previous_token_hash.eq(old_token_hash),
                sessions::rotated_at.eq(now),
                sessions::sudo_until.eq(sudo_until),
            ))
            .execute(conn)?;
        ensure_still_there(updated)
    }

    /// Gives the session a new token. The old one ends immediately.
    pub fn renew(
        conn: &mut DbConnection,
        id: &str,
        old_token_hash: &str,
        new_token_hash: &str,
        now: NaiveDateTime,
    ) -> Result<(), ApiError> {
        let updated = diesel::update(sessions::table.find(id))
            .filter(sessions::token_hash.eq(old_token_hash))
            .set((
                sessions::token_hash.eq(new_token_hash),
                sessions::previous_token_hash.eq(None::<String>),
                sessions::rotated_at.eq(now),
            ))
            .execute(conn)?;
        ensure_still_there(updated)
    }

    /// Returns the user's active sessions, last used first, and their total number.
    pub fn list(
        conn: &mut DbConnection,
        user_id: &str,
        limit: i64,
        now: NaiveDateTime,
    ) -> Result<(Vec<Self>, u64), ApiError> {
        let alive = || {
            sessions::table
                .filter(sessions::user_id.eq(user_id.to_owned()))
                .filter(sessions::expires_at.gt(now))
                .filter(sessions::last_seen_at.gt(now - IDLE))
        };
        let total: i64 = alive().count().get_result(conn)?;
        let sessions = alive()
            .order((sessions::last_seen_at.desc(), sessions::created_at.desc()))
            .limit(limit)
            .select(Self::as_select())
            .load(conn)?;
        Ok((sessions, total.unsigned_abs()))
    }

    /// Ends the user's session with this id. Returns `false` if there is none.
    pub fn end(conn: &mut DbConnection, user_id: &str, id: &str) -> Result<bool, ApiError> {
        let ended = diesel::delete(sessions::table.find(id))
            .filter(sessions::user_id.eq(user_id))
            .execute(conn)?;
        if ended > 0 {
            Change::log(conn, Subject::User, user_id)?;
        }
        Ok(ended > 0)
    }

    /// Ends all of the user's sessions except the one with the id `except`. Returns their number.
    pub fn end_all(
        conn: &mut DbConnection,
        user_id: &str,
        except: Option<&str>,
    ) -> Result<usize, ApiError> {
        let ended = diesel::delete(sessions::table)
            .filter(sessions::user_id.eq(user_id))
            .filter(sessions::id.ne(except.unwrap_or_default()))
            .execute(conn)?;
        if ended > 0 {
            Change::log(conn, Subject::User, user_id)?;
        }
        Ok(ended)
    }
}

/// Returns an error if the session has ended or was given another token meanwhile.
fn ensure_still_there(updated: usize) -> Result<(), ApiError> {
    match updated {
        0 => Err(ErrorCode::NotSignedIn.into()),
        _ => Ok(()),
    }
}
