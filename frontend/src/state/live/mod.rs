//! Live events of the server.
//!
//! Browsers limit the connections to a server, so one tab, the leader, holds the event stream and
//! forwards events to the others. Only visible tabs can lead: while all are hidden, none is
//! connected. While the stream is down, visible tabs poll.

mod channel;
mod connection;
mod leader;

use super::{clock, network::Network, session::Session};
use crate::{api::live::StreamSignal, logic::rate_limit::Reading};
use channel::{Channel, Message};
use connection::Connection;
use leader::Leadership;
use leptos::prelude::*;
use shared::{
    key::Environment,
    live::{LiveEvent, LiveRequest},
    rate_limit::RateLimitView,
    role::Role,
};
use std::time::Duration;
use web_sys::VisibilityState;

/// Polling interval while the stream is down.
const POLL: Duration = Duration::from_secs(15);

/// Maximum number of requests kept. Larger than any table, because pages filter them by key.
const LATEST_MAX: usize = 100;

/// Live events, in context.
#[derive(Clone, Copy)]
pub struct Live {
    /// Incremented when the list of keys or their counters may have changed.
    keys_version: RwSignal<u64>,
    /// Incremented when events may have been missed.
    gaps: RwSignal<u64>,
    /// Latest requests since sign-in, newest first.
    latest_requests: RwSignal<Vec<LiveRequest>>,
    /// Indexed by environment.
    rate_limits: [RwSignal<Option<Reading>>; 2],
    connected: RwSignal<bool>,
    visible: RwSignal<bool>,
    channel: StoredValue<Option<Channel>, LocalStorage>,
    leadership: StoredValue<Option<Leadership>, LocalStorage>,
    connection: StoredValue<Option<Connection>, LocalStorage>,
}

impl Live {
    /// Provides the live events as context. Connects while the user is permitted to see them, the
    /// page is visible and the browser is online.
    pub fn provide(session: Session, network: Network) {
        let visible = page_is_visible();
        let live = Self {
            keys_version: RwSignal::new(0),
            gaps: RwSignal::new(0),
            latest_requests: RwSignal::new(Vec::new()),
            rate_limits: [RwSignal::new(None), RwSignal::new(None)],
            connected: RwSignal::new(false),
            visible,
            channel: StoredValue::new_local(None),
            leadership: StoredValue::new_local(None),
            connection: StoredValue::new_local(None),
        };
        let may_see = Memo::new(move |_| session.role() >= Role::Developer);
        let wanted = Memo::new(move |_| may_see.get() && visible.get() && !network.is_offline());
        Effect::new(move || {
            // The next user must not see the data of this one.
            if !may_see.get() {
                live.latest_requests.set(Vec::new());
                for reading in live.rate_limits {
                    reading.set(None);
                }
            }
        });
        Effect::new(move |was: Option<bool>| {
            let wanted = wanted.get();
            live.stop();
            if wanted {
                live.start();
                if was == Some(false) {
                    live.missed_something();
                }
            }
            wanted
        });
        let poll = set_interval_with_handle(
            move || {
                if wanted.get_untracked() && !live.connected.get_untracked() {
                    live.missed_something();
                }
            },
            POLL,
        );
        on_cleanup(move || {
            if let Ok(poll) = poll {
                poll.clear();
            }
        });
        provide_context(live);
    }

    pub fn expect() -> Self {
        expect_context()
    }

    /// Returns `true` while events arrive. Tracked.
    pub fn is_connected(self) -> bool {
        self.connected.get()
    }

    /// Returns `true` while the page is visible. Tracked.
    pub fn is_page_visible(self) -> bool {
        self.visible.get()
    }

    /// Returns a counter, incremented when keys or their counters may have changed. Tracked.
    pub fn keys_version(self) -> u64 {
        self.keys_version.get()
    }

    /// Returns a counter, incremented when events may have been missed. Tracked.
    pub fn gaps(self) -> u64 {
        self.gaps.get()
    }

    /// Returns the latest requests since sign-in, newest first. Tracked.
    pub fn latest_requests(self) -> Vec<LiveRequest> {
        self.latest_requests.get()
    }

    /// Returns the latest state of an environment's rate limit. Tracked.
    pub fn rate_limit(self, environment: Environment) -> Option<Reading> {
        self.rate_limits[environment as usize].get()
    }

    /// Stores the current state of an environment's rate limit.
    pub fn note_rate_limit(self, environment: Environment, view: RateLimitView) {
        let at = clock::now();
        self.rate_limits[environment as usize].set(Some(Reading { view, at }));
    }

    /// Triggers a refresh of all views of keys.
    pub fn touch(self) {
        self.keys_version.update(|version| *version += 1);
    }

    fn missed_something(self) {
        self.gaps.update(|gaps| *gaps += 1);
        self.touch();
    }

    fn start(self) {
        let channel = Channel::open(move |message| self.on_message(message));
        let has_channel = channel.is_some();
        self.channel.set_value(channel);
        self.broadcast(&Message::Hello);
        let leadership = has_channel
            .then(|| Leadership::request(move || self.lead()))
            .flatten();
        // Without a channel and locks, every tab connects for itself.
        if leadership.is_none() {
            self.lead();
        }
        self.leadership.set_value(leadership);
    }

    fn stop(self) {
        self.connection.set_value(None);
        self.leadership.set_value(None);
        self.channel.set_value(None);
        self.connected.set(false);
    }

    /// Connects this tab to the server as the leader.
    fn lead(self) {
        let connection = Connection::open(move |signal| match signal {
            StreamSignal::Open => self.set_connected(true),
            StreamSignal::Lost => self.set_connected(false),
            StreamSignal::Event(event) => {
                self.apply(&event);
                self.broadcast(&Message::Event(event));
            }
        });
        self.connection.set_value(Some(connection));
    }

    fn set_connected(self, connected: bool) {
        self.note_connected(connected);
        self.broadcast(&Message::Connected(connected));
    }

    fn note_connected(self, connected: bool) {
        let was = self.connected.get_untracked();
        self.connected.set(connected);
        // Events since the last connection were missed.
        if connected && !was {
            self.missed_something();
        }
    }

    /// Handles a message of another tab.
    fn on_message(self, message: Message) {
        let leads = self.connection.with_value(Option::is_some);
        match message {
            Message::Hello if leads => {
                self.broadcast(&Message::Connected(self.connected.get_untracked()));
                for environment in Environment::ALL {
                    let reading = self.rate_limits[environment as usize].get_untracked();
                    if let Some(Reading { view: state, .. }) = reading {
                        self.broadcast(&Message::Event(LiveEvent::RateLimit {
                            environment,
                            state,
                        }));
                    }
                }
            }
            Message::Connected(connected) if !leads => self.note_connected(connected),
            Message::Event(event) if !leads => self.apply(&event),
            _ => {}
        }
    }

    fn apply(self, event: &LiveEvent) {
        match event {
            LiveEvent::Usage { newest, .. } => {
                self.latest_requests.update(|latest| {
                    latest.splice(..0, newest.iter().cloned());
                    latest.truncate(LATEST_MAX);
                });
                self.touch();
            }
            LiveEvent::KeysChanged => self.touch(),
            LiveEvent::RateLimit { environment, state } => {
                self.note_rate_limit(*environment, state.clone());
            }
        }
    }

    fn broadcast(self, message: &Message) {
        self.channel.with_value(|channel| {
            if let Some(channel) = channel {
                channel.send(message);
            }
        });
    }
}

/// Returns a signal that tracks the visibility of the page.
fn page_is_visible() -> RwSignal<bool> {
    use wasm_bindgen::{JsCast, closure::Closure};
    let is_visible = || document().visibility_state() == VisibilityState::Visible;
    let signal = RwSignal::new(is_visible());
    let on_change = Closure::<dyn FnMut()>::new(move || signal.set(is_visible()));
    let callback = on_change.as_ref().unchecked_ref();
    document()
        .add_event_listener_with_callback("visibilitychange", callback)
        .ok();
    // The listener lives as long as the page.
    on_change.forget();
    signal
}
