//! Fetches the keys that an operation can be called with.

use crate::{
    api,
    keys::logic::query::{KeyQuery, KeySort, SortOrder},
};
use shared::key::{Environment, KeyStatus, KeyView};

/// Maximum number of keys per status.
const KEYS_MOST: u32 = 100;

/// Fetches the active and rotating keys, test keys first.
pub async fn usable_keys() -> Result<Vec<KeyView>, api::ApiError> {
    let mut keys = Vec::new();
    for status in [KeyStatus::Active, KeyStatus::Rotating] {
        let query = KeyQuery {
            search: String::new(),
            status: Some(status),
            // Newest first: a key that was just created is at the top.
            sort: KeySort::Created,
            order: SortOrder::Descending,
        };
        keys.append(&mut api::keys::list(&query, KEYS_MOST).await?.data);
    }
    keys.sort_by_key(|key| key.environment == Environment::Live);
    Ok(keys)
}
