//! What happens on the server right now: the stream of live events, and polling
//! while it is down. Nothing is fetched while the page is hidden.

use super::session::Session;
use crate::{
    api::live::{LiveStream, StreamSignal},
    logic::backoff::wait_secs,
};
use leptos::prelude::*;
use shared::{live::LiveEvent, role::Role};
use std::time::Duration;
use web_sys::VisibilityState;

/// How often lists are fetched anew while the stream is down.
const POLL: Duration = Duration::from_secs(15);

/// The live stream, in context.
#[derive(Clone, Copy)]
pub struct Live {
    /// Rises whenever the list of keys, or a key's counts, may have changed.
    keys_version: RwSignal<u64>,
    connected: RwSignal<bool>,
    failures: StoredValue<u32>,
    retry: StoredValue<Option<TimeoutHandle>>,
    stream: StoredValue<Option<LiveStream>, LocalStorage>,
}

impl Live {
    /// Keeps the stream open while someone who may see it is signed in and the
    /// page is visible, and puts it into context.
    pub fn provide(session: Session) {
        let live = Self {
            keys_version: RwSignal::new(0),
            connected: RwSignal::new(false),
            failures: StoredValue::new(0),
            retry: StoredValue::new(None),
            stream: StoredValue::new_local(None),
        };
        let visible = page_is_visible();
        let wanted = Memo::new(move |_| session.role() >= Role::Developer && visible.get());
        Effect::new(move |was: Option<bool>| {
            let wanted = wanted.get();
            live.disconnect();
            if wanted {
                live.failures.set_value(0);
                live.connect();
                if was == Some(false) {
                    live.touch();
                }
            }
            wanted
        });
        set_interval(
            move || {
                if wanted.get_untracked() && !live.connected.get_untracked() {
                    live.touch();
                }
            },
            POLL,
        );
        provide_context(live);
    }

    /// The stream from context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Whether the stream is up, tracked.
    pub fn is_connected(self) -> bool {
        self.connected.get()
    }

    /// A number that rises whenever keys or their counts may have changed, tracked.
    pub fn keys_version(self) -> u64 {
        self.keys_version.get()
    }

    /// Has everyone who follows the keys look again.
    pub fn touch(self) {
        self.keys_version.update(|version| *version += 1);
    }

    fn connect(self) {
        let stream = LiveStream::open(move |signal| match signal {
            StreamSignal::Open => self.opened(),
            StreamSignal::Event(LiveEvent::Usage { .. } | LiveEvent::KeysChanged) => self.touch(),
            // The rate limit is shown by no page yet.
            StreamSignal::Event(LiveEvent::RateLimit { .. }) => {}
            // The stream must not be dropped inside its own callback.
            StreamSignal::Lost => set_timeout(move || self.lost(), Duration::ZERO),
        });
        if stream.is_none() {
            self.retry_later();
        }
        self.stream.set_value(stream);
    }

    fn opened(self) {
        let failures = self.failures.get_value();
        self.failures.set_value(0);
        self.connected.set(true);
        // What happened in between was missed.
        if failures > 0 {
            self.touch();
        }
    }

    fn lost(self) {
        if self.stream.with_value(Option::is_some) {
            self.stream.set_value(None);
            self.connected.set(false);
            self.retry_later();
        }
    }

    fn retry_later(self) {
        let failures = self.failures.get_value();
        self.failures.set_value(failures.saturating_add(1));
        let wait = Duration::from_secs(wait_secs(failures).into());
        let handle = set_timeout_with_handle(move || self.connect(), wait);
        self.retry.set_value(handle.ok());
    }

    fn disconnect(self) {
        if let Some(handle) = self.retry.try_update_value(Option::take).flatten() {
            handle.clear();
        }
        self.stream.set_value(None);
        self.connected.set(false);
    }
}

/// Whether the page is visible, kept up to date.
fn page_is_visible() -> RwSignal<bool> {
    use wasm_bindgen::{JsCast, closure::Closure};
    let is_visible = || document().visibility_state() == VisibilityState::Visible;
    let signal = RwSignal::new(is_visible());
    let on_change = Closure::<dyn FnMut()>::new(move || signal.set(is_visible()));
    let callback = on_change.as_ref().unchecked_ref();
    document()
        .add_event_listener_with_callback("visibilitychange", callback)
        .ok();
    // The stream lives as long as the page.
    on_change.forget();
    signal
}
