//! The keys that an operation can be tried with.

use crate::{
    api,
    keys::logic::query::{KeyQuery, KeySort, SortOrder},
};
use shared::key::{Environment, KeyStatus, KeyView};

/// How many keys of a status are offered.
const KEYS_MOST: u32 = 100;

/// The keys that work now: test keys before real ones.
pub async fn usable_keys() -> Result<Vec<KeyView>, api::ApiError> {
    let mut keys = Vec::new();
    for status in [KeyStatus::Active, KeyStatus::Rotating] {
        let query = KeyQuery {
            search: String::new(),
            status: Some(status),
            // One that was made just now comes first.
            sort: KeySort::Created,
            order: SortOrder::Descending,
        };
        keys.append(&mut api::keys::list(&query, KEYS_MOST).await?.data);
    }
    keys.sort_by_key(|key| key.environment == Environment::Live);
    Ok(keys)
}
