//! The keys on show: fetched when the filters change, and again, quietly, when
//! something happened.

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

/// The keys that match the filters.
#[derive(Clone, Copy)]
pub struct KeyList {
    query: Memo<KeyQuery>,
    page: RwSignal<Option<Page<KeyView>>>,
    error: RwSignal<Option<ApiError>>,
    /// How many keys are wanted.
    count: RwSignal<u32>,
    /// Whether the person waits for an answer.
    busy: RwSignal<bool>,
    /// The number of the newest request; answers to older ones are dropped.
    newest: StoredValue<u64>,
    in_flight: StoredValue<bool>,
    /// Whether something happened while a request was in flight.
    stale: StoredValue<bool>,
}

impl KeyList {
    /// Fetches the keys for `query`, and again whenever it changes or the server
    /// says that something happened.
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

    /// The keys, tracked; `None` before the first answer.
    pub fn keys(self) -> Option<Vec<KeyView>> {
        self.page.with(|page| Some(page.as_ref()?.data.clone()))
    }

    /// One key, tracked.
    pub fn key(self, id: &shared::ids::KeyId) -> Option<KeyView> {
        self.page.with(|page| {
            page.as_ref()?
                .data
                .iter()
                .find(|key| key.id == *id)
                .cloned()
        })
    }

    /// How many keys match.
    pub fn total(self) -> Signal<Option<u64>> {
        Signal::derive(move || self.page.with(|page| Some(page.as_ref()?.total)))
    }

    /// Whether there are more than are shown, tracked.
    pub fn has_more(self) -> bool {
        self.page
            .with(|page| page.as_ref().is_some_and(|page| page.next_cursor.is_some()))
    }

    /// Why the keys could not be fetched, tracked.
    pub fn error(self) -> Option<ApiError> {
        self.error.get()
    }

    /// Whether the person waits for an answer, tracked.
    pub fn is_busy(self) -> bool {
        self.busy.get()
    }

    /// Shows another page's worth.
    pub fn load_more(self) {
        self.count.update(|count| *count += DEFAULT_LIMIT);
        self.load();
    }

    /// Fetches, and shows that it does.
    pub fn load(self) {
        self.busy.set(true);
        self.fetch();
    }

    /// Fetches without a sign of it. While an answer is awaited the next request
    /// waits, so that a busy server is not asked ever more.
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
            // `None` if the page is no longer there.
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
            // A failed refresh leaves what is there; the next one may succeed.
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
