//! What was fetched from the server: not yet, in vain, or the data.

use super::network::Network;
use crate::api::ApiError;
use leptos::{prelude::*, task::spawn_local};
use std::{future::Future, pin::Pin, rc::Rc};

type Fetch<T> = Rc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<T, ApiError>>>>>;

/// Something on the server. [`crate::ui::remote_view`] draws its states.
pub struct Remote<T: 'static> {
    data: RwSignal<Option<T>>,
    error: RwSignal<Option<ApiError>>,
    /// The number of the newest request; answers to older ones are dropped.
    newest: StoredValue<u64>,
    fetch: StoredValue<Fetch<T>, LocalStorage>,
}

impl<T> Clone for Remote<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Remote<T> {}

/// What is known of something on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The first answer is on its way.
    Loading,
    /// It could not be fetched.
    Failed,
    /// It is there.
    Ready,
}

impl<T: Clone + Send + Sync + 'static> Remote<T> {
    /// Fetches by `fetch`, and again whenever the number that `version` tracks has changed,
    /// and when the network is back before there was an answer.
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

    /// How far it is, tracked.
    pub fn stage(self) -> Stage {
        match self.data.with(Option::is_some) {
            true => Stage::Ready,
            false if self.error.with(Option::is_some) => Stage::Failed,
            false => Stage::Loading,
        }
    }

    /// The data, tracked.
    pub fn data(self) -> Option<T> {
        self.data.get()
    }

    /// Why it could not be fetched, tracked.
    pub fn error(self) -> Option<ApiError> {
        self.error.get()
    }

    /// Tries again after an error.
    pub fn retry(self) {
        self.error.set(None);
        self.refresh();
    }

    /// Fetches without a sign of it: what is there stays until the answer comes, and
    /// stays if that is an error, because the next one may succeed.
    pub fn refresh(self) {
        let number = self.newest.get_value() + 1;
        self.newest.set_value(number);
        let answer = self.fetch.with_value(|fetch| fetch());
        spawn_local(async move {
            let result = answer.await;
            // `None` if the page is no longer there.
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
