//! The usage on show: fetched when the query changes, and again once a minute while the
//! page is looked at. What is there stays until something newer is.

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

/// How old an answer gets: the server keeps it as long.
const FRESH_SECONDS: i64 = 60;

/// The usage that the query asks for.
#[derive(Clone, Copy)]
pub struct UsageFeed {
    query: Memo<UsageQuery>,
    /// With the query that it answers.
    answer: RwSignal<Option<(UsageQuery, ApiUsage)>>,
    error: RwSignal<Option<ApiError>>,
    /// Whether the last refresh failed, so that what is on show grows old.
    is_stale: RwSignal<bool>,
    /// Whether the person waits for an answer.
    busy: RwSignal<bool>,
    asked_at: StoredValue<DateTime<Utc>>,
    /// The number of the newest request; answers to older ones are dropped.
    newest: StoredValue<u64>,
}

/// What the page shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The first answer is on its way.
    Loading,
    /// It could not be fetched.
    Failed,
    /// Usage, perhaps still that of the query before.
    Usage,
}

impl UsageFeed {
    /// Fetches for `query`, whenever it changes and as time goes by.
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

    /// What the page shows, tracked.
    pub fn shown(self) -> Shown {
        match self.answer.with(Option::is_some) {
            true => Shown::Usage,
            false if self.error.with(Option::is_some) => Shown::Failed,
            false => Shown::Loading,
        }
    }

    /// The usage, as it changes; `None` before the first answer.
    pub fn usage(self) -> Option<Signal<ApiUsage>> {
        let (_, first) = self.answer.get_untracked()?;
        let usage = Memo::new(move |last: Option<&ApiUsage>| {
            let now = self.answer.get().map(|(_, usage)| usage);
            // Whoever reads it is taken off the page when there is none.
            now.or_else(|| last.cloned())
                .unwrap_or_else(|| first.clone())
        });
        Some(usage.into())
    }

    /// The range that the usage on show is of, tracked.
    pub fn shown_range(self) -> Signal<UsageRange> {
        Signal::derive(move || {
            self.answer
                .with(|answer| answer.as_ref().map(|(query, _)| query.range))
                .unwrap_or_default()
        })
    }

    /// The key that the usage on show is of, tracked; `None` for all keys.
    pub fn shown_key(self) -> Option<KeyId> {
        self.answer.with(|answer| answer.as_ref()?.0.key.clone())
    }

    /// The answer to the query in the URL with that query, tracked; `None` while it is on
    /// its way.
    pub fn current(self) -> Option<(UsageQuery, ApiUsage)> {
        let answer = self.answer.get()?;
        self.query
            .with(|query| *query == answer.0)
            .then_some(answer)
    }

    /// When the numbers on show were computed, tracked.
    pub fn generated_at(self) -> Option<DateTime<Utc>> {
        self.answer
            .with(|answer| Some(answer.as_ref()?.1.generated_at))
    }

    /// Why nothing could be fetched, tracked.
    pub fn error(self) -> Option<ApiError> {
        self.error.get()
    }

    /// Whether what is on show could not be brought up to date, tracked.
    pub fn is_stale(self) -> bool {
        self.is_stale.get()
    }

    /// Whether the person waits for an answer, tracked.
    pub fn is_busy(self) -> bool {
        self.busy.get()
    }

    /// Fetches, and shows that it does.
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
            // `None` if the page is no longer there.
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

    /// A failed refresh leaves what is there; numbers of another query must not stay.
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
