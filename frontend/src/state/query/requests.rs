use super::Stage;
use crate::{
    api::ApiError,
    state::{clock, network::Network},
};
use chrono::{DateTime, Utc};
use futures_channel::oneshot;
use futures_util::future::{Either, select};
use leptos::{prelude::*, reactive::computed::ScopedFuture};
use std::{future::Future, pin::Pin, rc::Rc};

/// A request, which stores the data in its query.
pub type Attempt = Pin<Box<dyn Future<Output = Result<(), ApiError>>>>;

/// Sends a request; `None` if the page has been unmounted.
type SendRequest = Rc<dyn Fn() -> Option<Attempt>>;

/// The requests of a query. Independent of its types, so that this code is in the program once.
///
/// A [`LocalResource`] sends them one at a time. Its value is `()`: as its value, the error of a
/// failed refresh would replace the data. Nor does it track the key of the query: then it would
/// await the answer for the last key first.
#[derive(Clone, Copy)]
pub struct Requests {
    resource: LocalResource<()>,
    progress: Progress,
}

#[derive(Clone, Copy)]
struct Progress {
    has_data: Memo<bool>,
    /// Error of the last request.
    error: RwSignal<Option<ApiError>>,
    /// True while the user waits for a response.
    busy: RwSignal<bool>,
    /// Start of the last request.
    started_at: StoredValue<DateTime<Utc>>,
    /// Starts the request in flight over; `None` if there is none.
    start_over: StoredValue<Option<oneshot::Sender<()>>>,
}

impl Requests {
    /// Sends the first request.
    pub fn begin(has_data: Memo<bool>, send: SendRequest) -> Self {
        let progress = Progress {
            has_data,
            error: RwSignal::new(None),
            busy: RwSignal::new(true),
            started_at: StoredValue::new(clock::now()),
            start_over: StoredValue::new(None),
        };
        let requests = Self {
            resource: LocalResource::new(move || {
                ScopedFuture::new_untracked(progress.request(send.clone()))
            }),
            progress,
        };
        let network = Network::expect();
        Effect::new(move |was_offline: Option<bool>| {
            let is_offline = network.is_offline();
            if was_offline == Some(true) && !is_offline && !has_data.get_untracked() {
                requests.retry();
            }
            is_offline
        });
        requests
    }

    /// Returns what there is to show. Tracked.
    pub fn stage(self) -> Stage {
        if self.progress.has_data.get() {
            Stage::Ready
        } else if self.progress.error.with(Option::is_some) {
            Stage::Failed
        } else {
            Stage::Loading
        }
    }

    /// Returns the error of the last request. Tracked.
    pub fn error(self) -> Option<ApiError> {
        self.progress.error.get()
    }

    /// Returns `true` while the user waits for a response. Tracked.
    pub fn is_busy(self) -> bool {
        self.progress.busy.get()
    }

    /// Returns the start of the last request.
    pub fn started_at(self) -> DateTime<Utc> {
        self.progress.started_at.get_value()
    }

    /// Sends a request after the one in flight.
    pub fn refresh(self) {
        self.resource.refetch();
    }

    /// Clears the error and sends a request.
    pub fn retry(self) {
        self.progress.error.set(None);
        self.load();
    }

    /// Sends a request for which the user waits, instead of the one in flight.
    pub fn load(self) {
        let progress = self.progress;
        // Without data, the skeleton replaces the error.
        if !progress.has_data.get_untracked() {
            progress.error.set(None);
        }
        progress.busy.set(true);
        match progress.start_over.try_update_value(Option::take).flatten() {
            Some(start_over) => drop(start_over.send(())),
            None => self.resource.refetch(),
        }
    }
}

impl Progress {
    /// Sends a request, and another one instead when asked to start over.
    async fn request(self, send: SendRequest) {
        while let Some(attempt) = send() {
            let (start_over, started_over) = oneshot::channel();
            self.start_over.try_set_value(Some(start_over));
            self.started_at.try_set_value(clock::now());
            // Dropping an attempt drops its late answer.
            if let Either::Left((result, _)) = select(attempt, started_over).await {
                self.settle(result.err());
                break;
            }
        }
    }

    fn settle(self, error: Option<ApiError>) {
        self.start_over.try_set_value(None);
        let has_waited = self.busy.try_get_untracked() == Some(true);
        self.busy.try_set(false);
        // An error on the page is announced once, not after every failed refresh.
        let is_known =
            error.is_some() && self.error.try_with_untracked(Option::is_some) == Some(true);
        if has_waited || !is_known {
            self.error.try_set(error);
        }
    }
}
