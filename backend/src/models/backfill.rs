//! Fills columns of rows that an older version stored, at start.

use crate::{
    db::{Database, DbConnection},
    error::ApiError,
    models::{api_key::ApiKey, campaign::Campaign, contact::Contact},
};
use chrono::NaiveDateTime;

/// Rows of each table that one transaction fills.
const BATCH_SIZE: i64 = 500;

/// Folds the texts of rows that were stored before texts were folded.
pub fn fold_texts(db: &Database, now: NaiveDateTime) -> Result<(), ApiError> {
    let mut filled = 0;
    loop {
        let batch = db.write_blocking(|conn| fill_batch(conn, now))?;
        if batch == 0 {
            break;
        }
        filled += batch;
    }
    if filled > 0 {
        tracing::info!(rows = filled, "folded texts for searching");
    }
    Ok(())
}

fn fill_batch(conn: &mut DbConnection, now: NaiveDateTime) -> Result<usize, ApiError> {
    let keys = ApiKey::fold_names(conn, BATCH_SIZE)?;
    let campaigns = Campaign::fold_texts(conn, BATCH_SIZE)?;
    let contacts = Contact::fold_texts(conn, BATCH_SIZE, now)?;
    Ok(keys + campaigns + contacts)
}
