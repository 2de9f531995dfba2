use leptos::{ev, prelude::*};

/// Online state of the browser, in context.
#[derive(Clone, Copy)]
pub struct Network(RwSignal<bool>);

impl Network {
    /// Follows the browser's online state and provides it as context.
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

    pub fn expect() -> Self {
        expect_context()
    }

    /// Returns `true` while offline. Tracked. The server may be unreachable even while online.
    pub fn is_offline(self) -> bool {
        !self.0.get()
    }
}
