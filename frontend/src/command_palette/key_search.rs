//! Searches keys for the command palette.

use crate::{
    api,
    keys::logic::{
        query::{KeyQuery, KeySort, SortOrder},
        text::without_secret,
    },
};
use leptos::{prelude::*, task::spawn_local};
use shared::key::KeyView;
use std::time::Duration;

/// Pause in typing before the server is queried.
const DEBOUNCE: Duration = Duration::from_millis(180);
/// Maximum number of results.
const LIMIT: u32 = 5;

/// The keys that match the query.
#[derive(Clone, Copy)]
pub struct KeySearch {
    found: RwSignal<Vec<KeyView>>,
    busy: RwSignal<bool>,
    failed: RwSignal<bool>,
    /// Number of the latest search. Responses to older ones are dropped.
    newest: StoredValue<u64>,
}

impl KeySearch {
    /// Creates an idle search.
    pub fn new() -> Self {
        Self {
            found: RwSignal::new(Vec::new()),
            busy: RwSignal::new(false),
            failed: RwSignal::new(false),
            newest: StoredValue::new(0),
        }
    }

    /// Returns the results (tracked).
    pub fn found(self) -> Vec<KeyView> {
        self.found.get()
    }

    /// Returns true while a response is pending (tracked).
    pub fn is_busy(self) -> bool {
        self.busy.get()
    }

    /// Returns true if the last search failed (tracked).
    pub fn has_failed(self) -> bool {
        self.failed.get()
    }

    /// Searches for `text` after a pause in typing. Only the public part of a pasted key is sent.
    /// An empty text matches nothing, or everything with `all`.
    pub fn search(self, text: &str, all: bool) {
        let search = without_secret(text).to_owned();
        let number = self.newest.get_value() + 1;
        self.newest.set_value(number);
        let is_newest = move || self.newest.try_get_value() == Some(number);
        let is_needed = all || !search.is_empty();
        self.busy.set(is_needed);
        self.failed.set(false);
        if !is_needed {
            self.found.set(Vec::new());
            return;
        }
        let query = KeyQuery {
            search,
            status: None,
            sort: KeySort::LastUsed,
            order: SortOrder::Descending,
        };
        let ask = move || {
            spawn_local(async move {
                if !is_newest() {
                    return;
                }
                let answer = api::keys::list(&query, LIMIT).await;
                if !is_newest() {
                    return;
                }
                self.busy.set(false);
                self.failed.set(answer.is_err());
                self.found
                    .set(answer.map(|page| page.data).unwrap_or_default());
            });
        };
        set_timeout(ask, DEBOUNCE);
    }
}
