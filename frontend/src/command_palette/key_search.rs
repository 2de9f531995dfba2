//! Finding keys by what is typed into the palette.

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

/// How long typing must pause before the server is asked.
const DEBOUNCE: Duration = Duration::from_millis(180);
/// How many keys are shown.
const LIMIT: u32 = 5;

/// The keys that fit.
#[derive(Clone, Copy)]
pub struct KeySearch {
    found: RwSignal<Vec<KeyView>>,
    busy: RwSignal<bool>,
    failed: RwSignal<bool>,
    /// The number of the newest search; answers to older ones are dropped.
    newest: StoredValue<u64>,
}

impl KeySearch {
    /// Nothing is searched yet.
    pub fn new() -> Self {
        Self {
            found: RwSignal::new(Vec::new()),
            busy: RwSignal::new(false),
            failed: RwSignal::new(false),
            newest: StoredValue::new(0),
        }
    }

    /// The keys that were found, tracked.
    pub fn found(self) -> Vec<KeyView> {
        self.found.get()
    }

    /// Whether an answer is on its way, tracked.
    pub fn is_busy(self) -> bool {
        self.busy.get()
    }

    /// Whether the server could not be asked, tracked.
    pub fn has_failed(self) -> bool {
        self.failed.get()
    }

    /// Searches for `text` once typing has paused. Of a pasted key only its public
    /// part is sent. Without a text there is nothing to find, or `all`.
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
