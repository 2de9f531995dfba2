//! Whether the browser has a network at all.

use leptos::{ev, prelude::*};

/// The network, in context.
#[derive(Clone, Copy)]
pub struct Network(RwSignal<bool>);

impl Network {
    /// Follows what the browser says and puts it into context.
    pub fn provide() -> Self {
        let network = Self(RwSignal::new(window().navigator().on_line()));
        let online = window_event_listener(ev::online, move |_| network.0.set(true));
        let offline = window_event_listener(ev::offline, move |_| network.0.set(false));
        on_cleanup(move || {
            online.remove();
            offline.remove();
        });
        provide_context(network);
        network
    }

    /// The network from context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Whether there is none, tracked. That there is one does not mean that the
    /// server can be reached.
    pub fn is_offline(self) -> bool {
        !self.0.get()
    }
}
