//! Remote data: loading, failed or ready.

use super::network::Network;
use crate::api::ApiError;
use leptos::{prelude::*, task::spawn_local};
use std::{future::Future, pin::Pin, rc::Rc};

type Fetch<T> = Rc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<T, ApiError>>>>>;

/// Data fetched from the server, rendered by [`crate::ui::remote_view`].
pub struct Remote<T: 'static> {
    data: RwSignal<Option<T>>,
    error: RwSignal<Option<ApiError>>,
    /// Number of the newest request; responses to older ones are dropped.
    newest: StoredValue<u64>,
    fetch: StoredValue<Fetch<T>, LocalStorage>,
}

impl<T> Clone for Remote<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Remote<T> {}

/// State of remote data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Loading,
    Failed,
    Ready,
}

impl<T: Clone + Send + Sync + 'static> Remote<T> {
    /// Fetches the data, and again whenever the number tracked by `version` changes. Retries when
    /// the browser is back online before the first response.
    pub fn follow(
        version: impl Fn() -> u64 + Send + Sync + 'static,
        fetch: impl AsyncFn() -> Result<T, ApiError> + 'static,
    ) -> Self {
        let fetch = Rc::new(fetch);
        let boxed: Fetch<T> = Rc::new(move || {
            let fetch = fetch.clone();
            Box::pin(async move { fetch().await })
        });
        let remote = Self {
            data: RwSignal::new(None),
            error: RwSignal::new(None),
            newest: StoredValue::new(0),
            fetch: StoredValue::new_local(boxed),
        };
        Effect::new(move |last: Option<u64>| {
            let version = version();
            if last != Some(version) {
                remote.refresh();
            }
            version
        });
        let network = Network::expect();
        Effect::new(move |was_offline: Option<bool>| {
            let is_offline = network.is_offline();
            let is_missing = remote.data.with_untracked(Option::is_none);
            if was_offline == Some(true) && !is_offline && is_missing {
                remote.retry();
            }
            is_offline
        });
        remote
    }

    /// Returns the state of the data. Tracked.
    pub fn stage(self) -> Stage {
        match self.data.with(Option::is_some) {
            true => Stage::Ready,
            false if self.error.with(Option::is_some) => Stage::Failed,
            false => Stage::Loading,
        }
    }

    /// Returns the data, if ready. Tracked.
    pub fn data(self) -> Option<T> {
        self.data.get()
    }

    /// Returns the error of the last request. Tracked.
    pub fn error(self) -> Option<ApiError> {
        self.error.get()
    }

    /// Clears the error and fetches again.
    pub fn retry(self) {
        self.error.set(None);
        self.refresh();
    }

    /// Fetches in the background. Existing data stays until the response arrives, and also if it is
    /// an error, because the next request may succeed.
    pub fn refresh(self) {
        let number = self.newest.get_value() + 1;
        self.newest.set_value(number);
        let answer = self.fetch.with_value(|fetch| fetch());
        spawn_local(async move {
            let result = answer.await;
            // `None` if the page has been unmounted.
            if self.newest.try_get_value() != Some(number) {
                return;
            }
            match result {
                Ok(data) => {
                    self.error.set(None);
                    self.data.set(Some(data));
                }
                Err(error) => self.error.set(Some(error)),
            }
        });
    }
}
