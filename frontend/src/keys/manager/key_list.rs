//! The loaded keys. They are fetched when the filters change, and refreshed in the background on
//! live updates.

use crate::{
    api::{self, ApiError},
    keys::logic::query::KeyQuery,
    state::live::Live,
};
use leptos::{prelude::*, task::spawn_local};
use shared::{
    key::KeyView,
    page::{DEFAULT_LIMIT, Page},
};

/// Keys that match the filters.
#[derive(Clone, Copy)]
pub struct KeyList {
    query: Memo<KeyQuery>,
    page: RwSignal<Option<Page<KeyView>>>,
    error: RwSignal<Option<ApiError>>,
    /// Number of keys to fetch.
    count: RwSignal<u32>,
    /// True while the user waits for a response.
    busy: RwSignal<bool>,
    /// Number of the latest request. Responses to older ones are dropped.
    newest: StoredValue<u64>,
    in_flight: StoredValue<bool>,
    /// True if a live update arrived while a request was in flight.
    stale: StoredValue<bool>,
}

impl KeyList {
    /// Fetches the keys for `query`, and again whenever it changes or a live update arrives.
    pub fn follow(query: Memo<KeyQuery>) -> Self {
        let live = Live::expect();
        let list = Self {
            query,
            page: RwSignal::new(None),
            error: RwSignal::new(None),
            count: RwSignal::new(DEFAULT_LIMIT),
            busy: RwSignal::new(true),
            newest: StoredValue::new(0),
            in_flight: StoredValue::new(false),
            stale: StoredValue::new(false),
        };
        Effect::new(move |last: Option<KeyQuery>| {
            let query = query.get();
            if last.as_ref() != Some(&query) {
                list.count.set(DEFAULT_LIMIT);
                list.load();
            }
            query
        });
        Effect::new(move |last: Option<u64>| {
            let version = live.keys_version();
            if last.is_some_and(|last| last != version) {
                list.refresh();
            }
            version
        });
        list
    }

    /// Returns the keys (tracked). `None` before the first response.
    pub fn keys(self) -> Option<Vec<KeyView>> {
        self.page.with(|page| Some(page.as_ref()?.data.clone()))
    }

    /// Returns a single key (tracked).
    pub fn key(self, id: &shared::ids::KeyId) -> Option<KeyView> {
        self.page.with(|page| {
            page.as_ref()?
                .data
                .iter()
                .find(|key| key.id == *id)
                .cloned()
        })
    }

    /// Returns the number of matching keys.
    pub fn total(self) -> Signal<Option<u64>> {
        Signal::derive(move || self.page.with(|page| Some(page.as_ref()?.total)))
    }

    /// Returns true if there are more keys to load (tracked).
    pub fn has_more(self) -> bool {
        self.page
            .with(|page| page.as_ref().is_some_and(|page| page.next_cursor.is_some()))
    }

    /// Returns the error of the last fetch (tracked).
    pub fn error(self) -> Option<ApiError> {
        self.error.get()
    }

    /// Returns true while the user waits for a response (tracked).
    pub fn is_busy(self) -> bool {
        self.busy.get()
    }

    /// Fetches another page of keys.
    pub fn load_more(self) {
        self.count.update(|count| *count += DEFAULT_LIMIT);
        self.load();
    }

    /// Fetches the keys, and shows a loading state.
    pub fn load(self) {
        self.busy.set(true);
        self.fetch();
    }

    /// Fetches in the background. At most one refresh is in flight, so that a slow server isn't
    /// overloaded.
    fn refresh(self) {
        if self.in_flight.get_value() {
            self.stale.set_value(true);
        } else {
            self.fetch();
        }
    }

    fn fetch(self) {
        let number = self.newest.get_value() + 1;
        self.newest.set_value(number);
        self.in_flight.set_value(true);
        self.stale.set_value(false);
        let (query, count) = (self.query.get_untracked(), self.count.get_untracked());
        spawn_local(async move {
            let result = api::keys::list(&query, count).await;
            // `None` if the page was closed.
            if self.newest.try_get_value() == Some(number) {
                self.settle(result);
            }
        });
    }

    fn settle(self, result: Result<Page<KeyView>, ApiError>) {
        self.in_flight.set_value(false);
        let waited = self.busy.get_untracked();
        self.busy.set(false);
        match result {
            Ok(page) => {
                self.error.set(None);
                self.page.set(Some(page));
            }
            // A failed refresh keeps the current keys; the next one may succeed.
            Err(error) if waited => {
                self.page.set(None);
                self.error.set(Some(error));
            }
            Err(_) => {}
        }
        if self.stale.get_value() {
            self.fetch();
        }
    }
}
