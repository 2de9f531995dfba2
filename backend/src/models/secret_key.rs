//! Check values of secret keys: they tell a wrong or lost secret at start,
//! instead of by silently refusing every API key.

use crate::{
    db::DbConnection,
    error::ApiError,
    schema::{api_keys, secret_keys},
};
use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

/// What the database thinks of the configured secret keys.
#[derive(Debug, PartialEq, Eq)]
pub enum Fit {
    /// They are the ones that rows were made with, or there were no rows yet.
    Good,
    /// Rows were made with a secret that is not configured.
    Missing,
}

/// Returns whether the database was used with a secret key before.
pub fn is_any_known(conn: &mut DbConnection) -> Result<bool, ApiError> {
    let known: i64 = secret_keys::table.count().get_result(conn)?;
    Ok(known > 0)
}

/// Compares the configured secrets with what is stored, and remembers new ones.
pub fn reconcile(
    conn: &mut DbConnection,
    configured: &[(i32, String)],
    now: NaiveDateTime,
) -> Result<Fit, ApiError> {
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
    // A secret may be retired once no key needs it, but not all of them at once.
    if orphaned > 0 || (!stored.is_empty() && unknown.len() == stored.len()) {
        return Ok(Fit::Missing);
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
    Ok(Fit::Good)
}
