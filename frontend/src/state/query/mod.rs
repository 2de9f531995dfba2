//! Data read from the server: fetched for a key, and again when it may have changed.

mod requests;

use super::clock::Clock;
use crate::api::ApiError;
use chrono::TimeDelta;
use leptos::prelude::*;
use requests::{Attempt, Requests};
use std::rc::Rc;

/// Data `T`, fetched for the key `K`. Rendered by [`crate::ui::query_view::QueryView`].
///
/// - Data stays until newer data arrives, also while that of another key is fetched. It is dropped
///   if the data of another key can't be fetched.
/// - A failed refresh keeps the data, which is then out of date.
/// - At most one request is in flight. A refresh waits for it, so that a slow server isn't
///   overloaded; another key and a retry start it over, so that late answers are dropped.
/// - When the browser is back online and there is no data yet, it is fetched again.
pub struct Query<T: 'static, K: Send + Sync + 'static = ()> {
    key: Memo<K>,
    /// Latest data, with its key.
    data: RwSignal<Option<(K, T)>>,
    requests: Requests,
}

impl<T, K: Send + Sync> Clone for Query<T, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, K: Send + Sync> Copy for Query<T, K> {}

/// What there is to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Loading,
    Failed,
    /// Data, possibly out of date or of the previous key.
    Ready,
}

impl<T: Send + Sync + 'static> Query<T> {
    /// Fetches data that has no key.
    pub fn new(fetch: impl AsyncFn() -> Result<T, ApiError> + 'static) -> Self {
        Self::of(|| (), async move |()| fetch().await)
    }
}

impl<T, K> Query<T, K>
where
    T: Send + Sync + 'static,
    K: Clone + PartialEq + Send + Sync + 'static,
{
    /// Fetches the data of the key, and again whenever the key changes. `fetch` is not tracked.
    pub fn of(
        key: impl Fn() -> K + Send + Sync + 'static,
        fetch: impl AsyncFn(K) -> Result<T, ApiError> + 'static,
    ) -> Self {
        let key = Memo::new(move |_| key());
        let data = RwSignal::new(None::<(K, T)>);
        let requested = StoredValue::new(key.get_untracked());
        let fetch = Rc::new(fetch);
        let attempt = move || -> Option<Attempt> {
            let key = key.try_get_untracked()?;
            requested.try_set_value(key.clone());
            let fetch = fetch.clone();
            Some(Box::pin(async move {
                let result = fetch(key.clone()).await;
                let is_other =
                    |data: &Option<(K, T)>| data.as_ref().is_some_and(|(of, _)| *of != key);
                match result {
                    Ok(answer) => {
                        data.try_set(Some((key, answer)));
                        Ok(())
                    }
                    Err(error) => {
                        if data.try_with_untracked(is_other) == Some(true) {
                            data.try_set(None);
                        }
                        Err(error)
                    }
                }
            }))
        };
        let has_data = Memo::new(move |_| data.with(Option::is_some));
        let requests = Requests::begin(has_data, Rc::new(attempt));
        Effect::new(move || {
            if key.with(|key| requested.with_value(|requested| requested != key)) {
                requests.load();
            }
        });
        Self {
            key,
            data,
            requests,
        }
    }

    /// Refreshes whenever `version`, which is tracked, returns another value.
    pub fn refreshed_on(self, version: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        let requests = self.requests;
        Effect::new(move |last: Option<u64>| {
            let version = version();
            if last.is_some_and(|last| last != version) {
                requests.refresh();
            }
            version
        });
        self
    }

    /// Refreshes when the last request is older than `age`, but only while the page is visible.
    pub fn refreshed_after(self, age: TimeDelta, is_visible: Signal<bool>) -> Self {
        let (clock, requests) = (Clock::expect(), self.requests);
        Effect::new(move || {
            if clock.now() - requests.started_at() >= age && is_visible.get() {
                requests.refresh();
            }
        });
        self
    }

    /// Returns what there is to show. Tracked.
    pub fn stage(self) -> Stage {
        self.requests.stage()
    }

    /// Calls `read` with the data and its key, if there is any. Tracked.
    pub fn with<R>(self, read: impl FnOnce(&K, &T) -> R) -> Option<R> {
        self.data
            .with(|data| data.as_ref().map(|(key, data)| read(key, data)))
    }

    /// Returns the current key, whose data may not have arrived yet.
    pub fn key_untracked(self) -> K {
        self.key.get_untracked()
    }

    /// Returns `true` if the data is that of the current key. Tracked.
    pub fn is_current(self) -> bool {
        self.with(|of, _| self.key.with(|key| key == of)) == Some(true)
    }

    /// Returns the error of the last request. Tracked.
    pub fn error(self) -> Option<ApiError> {
        self.requests.error()
    }

    /// Returns `true` if the last refresh failed, so that the data is out of date. Tracked.
    pub fn is_stale(self) -> bool {
        self.stage() == Stage::Ready && self.error().is_some()
    }

    /// Returns `true` while the user waits for a response: the first one, that of another key, or
    /// that of a retry. Tracked.
    pub fn is_busy(self) -> bool {
        self.requests.is_busy()
    }

    /// Clears the error and fetches again.
    pub fn retry(self) {
        self.requests.retry();
    }

    /// Fetches in the background, after the request in flight.
    pub fn refresh(self) {
        self.requests.refresh();
    }
}

impl<T: Clone + Send + Sync + 'static, K: Clone + PartialEq + Send + Sync + 'static> Query<T, K> {
    /// Returns the data, if there is any. Tracked.
    pub fn data(self) -> Option<T> {
        self.with(|_, data| data.clone())
    }

    /// Returns the data as a signal, for a view that is removed when there is none anymore. `None`
    /// if there is none now.
    pub fn signal(self) -> Option<Signal<T>> {
        let first = untrack(|| self.data())?;
        let latest = move |last: Option<&T>| {
            let data = self.data().or_else(|| last.cloned());
            data.unwrap_or_else(|| first.clone())
        };
        Some(Memo::new_with_compare(latest, |_, _| true).into())
    }
}
