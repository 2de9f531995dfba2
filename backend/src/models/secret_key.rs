//! Check values of secret keys: a wrong or lost secret is detected at start-up, instead of silently
//! rejecting all API keys.

use crate::{
    db::DbConnection,
    error::ApiError,
    schema::{api_keys, secret_keys},
};
use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

/// Result of comparing the configured secret keys with the database.
#[derive(Debug, PartialEq, Eq)]
pub enum SecretKeyMatch {
    /// The secrets match the stored rows, or there were no rows yet.
    Good,
    /// Rows were created with a secret that is not configured.
    Missing,
}

/// Returns `true` if the database was used with a secret key before.
pub fn is_any_known(conn: &mut DbConnection) -> Result<bool, ApiError> {
    let known: i64 = secret_keys::table.count().get_result(conn)?;
    Ok(known > 0)
}

/// Compares the configured secrets with the stored check values, and stores new ones.
pub fn reconcile(
    conn: &mut DbConnection,
    configured: &[(i32, String)],
    now: NaiveDateTime,
) -> Result<SecretKeyMatch, ApiError> {
    let stored: Vec<(i32, String)> = secret_keys::table
        .select((secret_keys::version, secret_keys::check_value))
        .load(conn)?;
    let unknown: Vec<i32> = stored
        .iter()
        .filter(|known| !configured.contains(known))
        .map(|(version, _)| *version)
        .collect();
    let orphaned: i64 = api_keys::table
        .filter(api_keys::secret_version.eq_any(&unknown))
        .count()
        .get_result(conn)?;
    // A secret may be removed once no key needs it, but not all of them at once.
    if orphaned > 0 || (!stored.is_empty() && unknown.len() == stored.len()) {
        return Ok(SecretKeyMatch::Missing);
    }
    for (version, check_value) in configured.iter().filter(|secret| !stored.contains(secret)) {
        diesel::insert_into(secret_keys::table)
            .values((
                secret_keys::version.eq(version),
                secret_keys::check_value.eq(check_value),
                secret_keys::created_at.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(SecretKeyMatch::Good)
}
