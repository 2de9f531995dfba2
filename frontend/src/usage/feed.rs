//! Usage data of the page: fetched when the query changes, and once a minute while the page is
//! visible. Existing data stays on the page until newer data arrives.

use crate::{
    api::{self, ApiError},
    state::{
        clock::{self, Clock},
        live::Live,
    },
    usage::logic::query::UsageQuery,
};
use chrono::{DateTime, Utc};
use leptos::{prelude::*, task::spawn_local};
use shared::{
    ids::KeyId,
    usage::{ApiUsage, UsageRange},
};

/// Maximum age of the data in seconds, equal to the server's cache lifetime.
const FRESH_SECONDS: i64 = 60;

/// Usage data for the query in the URL.
#[derive(Clone, Copy)]
pub struct UsageFeed {
    query: Memo<UsageQuery>,
    /// Latest response, with its query.
    answer: RwSignal<Option<(UsageQuery, ApiUsage)>>,
    error: RwSignal<Option<ApiError>>,
    /// Set if the last refresh failed, so that the displayed data is out of date.
    is_stale: RwSignal<bool>,
    /// Set while the user waits for a response.
    busy: RwSignal<bool>,
    asked_at: StoredValue<DateTime<Utc>>,
    /// Number of the newest request; responses to older ones are dropped.
    newest: StoredValue<u64>,
}

/// State of the usage page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Loading,
    Failed,
    /// Usage is available, possibly still for the previous query.
    Usage,
}

impl UsageFeed {
    /// Fetches usage for `query` on every change, and refreshes it periodically.
    pub fn follow(query: Memo<UsageQuery>) -> Self {
        let (clock, live) = (Clock::expect(), Live::expect());
        let feed = Self {
            query,
            answer: RwSignal::new(None),
            error: RwSignal::new(None),
            is_stale: RwSignal::new(false),
            busy: RwSignal::new(true),
            asked_at: StoredValue::new(clock::now()),
            newest: StoredValue::new(0),
        };
        Effect::new(move || {
            query.track();
            feed.load();
        });
        Effect::new(move || {
            let age = clock.now() - feed.asked_at.get_value();
            if age.num_seconds() >= FRESH_SECONDS && live.is_page_visible() {
                feed.fetch();
            }
        });
        feed
    }

    /// Returns the state of the page. Tracked.
    pub fn shown(self) -> Shown {
        match self.answer.with(Option::is_some) {
            true => Shown::Usage,
            false if self.error.with(Option::is_some) => Shown::Failed,
            false => Shown::Loading,
        }
    }

    /// Returns the usage as a signal; `None` before the first response.
    pub fn usage(self) -> Option<Signal<ApiUsage>> {
        let (_, first) = self.answer.get_untracked()?;
        let usage = Memo::new(move |last: Option<&ApiUsage>| {
            let now = self.answer.get().map(|(_, usage)| usage);
            // Without data, its readers are removed from the page.
            now.or_else(|| last.cloned())
                .unwrap_or_else(|| first.clone())
        });
        Some(usage.into())
    }

    /// Returns the range of the displayed usage. Tracked.
    pub fn shown_range(self) -> Signal<UsageRange> {
        Signal::derive(move || {
            self.answer
                .with(|answer| answer.as_ref().map(|(query, _)| query.range))
                .unwrap_or_default()
        })
    }

    /// Returns the key of the displayed usage; `None` for all keys. Tracked.
    pub fn shown_key(self) -> Option<KeyId> {
        self.answer.with(|answer| answer.as_ref()?.0.key.clone())
    }

    /// Returns the current query with its usage; `None` while the response is pending. Tracked.
    pub fn current(self) -> Option<(UsageQuery, ApiUsage)> {
        let answer = self.answer.get()?;
        self.query
            .with(|query| *query == answer.0)
            .then_some(answer)
    }

    /// Returns the time at which the displayed numbers were computed. Tracked.
    pub fn generated_at(self) -> Option<DateTime<Utc>> {
        self.answer
            .with(|answer| Some(answer.as_ref()?.1.generated_at))
    }

    /// Returns the error of a failed load. Tracked.
    pub fn error(self) -> Option<ApiError> {
        self.error.get()
    }

    /// Returns `true` if the last refresh failed. Tracked.
    pub fn is_stale(self) -> bool {
        self.is_stale.get()
    }

    /// Returns `true` while the user waits for a response. Tracked.
    pub fn is_busy(self) -> bool {
        self.busy.get()
    }

    /// Fetches the usage and marks the feed as busy.
    pub fn load(self) {
        self.busy.set(true);
        self.error.set(None);
        self.fetch();
    }

    fn fetch(self) {
        let number = self.newest.get_value() + 1;
        self.newest.set_value(number);
        self.asked_at.set_value(clock::now());
        let query = self.query.get_untracked();
        spawn_local(async move {
            let result = api::usage::get(&query).await;
            // `None` if the page has been unmounted.
            if self.newest.try_get_value() != Some(number) {
                return;
            }
            self.busy.set(false);
            match result {
                Ok(usage) => {
                    self.error.set(None);
                    self.is_stale.set(false);
                    self.answer.set(Some((query, usage)));
                }
                Err(error) => self.settle_without(&query, error),
            }
        });
    }

    /// Keeps the data after a failed refresh, but drops the data of another query.
    fn settle_without(self, query: &UsageQuery, error: ApiError) {
        let answers_it = |answer: &Option<(UsageQuery, ApiUsage)>| {
            answer.as_ref().is_some_and(|(of, _)| of == query)
        };
        if self.answer.with_untracked(answers_it) {
            self.is_stale.set(true);
        } else {
            self.answer.set(None);
            self.error.set(Some(error));
        }
    }
}
