//! Searches keys for the command palette.

use crate::{
    api::{self, ApiError},
    keys::logic::query::{KeyQuery, KeySort, SortOrder},
    state::{
        clock,
        query::{Query, Stage},
    },
};
use leptos::prelude::*;
use shared::key::KeyView;
use std::time::Duration;

/// Pause in typing before the server is queried.
const DEBOUNCE: Duration = Duration::from_millis(180);
/// Maximum number of results.
const LIMIT: u32 = 5;

/// The keys that match a text.
#[derive(Clone, Copy)]
pub struct KeySearch {
    text: Memo<Option<String>>,
    keys: Query<Vec<KeyView>, Option<String>>,
}

impl KeySearch {
    /// Searches for `text` after a pause in typing. An empty text matches everything, `None`
    /// nothing.
    pub fn of(text: Memo<Option<String>>) -> Self {
        let keys = Query::of(move || text.get(), find);
        Self { text, keys }
    }

    /// Returns the results (tracked).
    pub fn found(self) -> Vec<KeyView> {
        let keys = self.text.with(Option::is_some).then(|| self.keys.data());
        keys.flatten().unwrap_or_default()
    }

    /// Returns true while a response is pending (tracked).
    pub fn is_busy(self) -> bool {
        self.text.with(Option::is_some) && self.keys.is_busy()
    }

    /// Returns true if the last search failed (tracked).
    pub fn has_failed(self) -> bool {
        self.text.with(Option::is_some) && self.keys.stage() == Stage::Failed
    }
}

async fn find(text: Option<String>) -> Result<Vec<KeyView>, ApiError> {
    let Some(search) = text else {
        return Ok(Vec::new());
    };
    // Another text drops this search.
    clock::sleep(DEBOUNCE).await;
    let query = KeyQuery {
        search,
        status: None,
        sort: KeySort::LastUsed,
        order: SortOrder::Descending,
    };
    Ok(api::keys::list(&query, LIMIT).await?.data)
}
