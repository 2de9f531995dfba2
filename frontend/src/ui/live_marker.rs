//! Whether what is on show changes by itself.

use crate::state::{live::Live, network::Network};
use leptos::prelude::*;

/// What the marker says and explains in a state.
type Words = (&'static str, &'static str);

/// A dot and a word: live, or what takes its place.
#[component]
pub fn LiveMarker(
    /// What happens while events arrive.
    live: &'static str,
    /// What happens while there is a network, but no stream of events.
    polling: Words,
    /// What happens once the network is back.
    offline: &'static str,
) -> impl IntoView {
    let (events, network) = (Live::expect(), Network::expect());
    move || {
        let (class, (text, title)) = if network.is_offline() {
            ("live-marker", ("Paused", offline))
        } else if events.is_connected() {
            ("live-marker is-live", ("Live", live))
        } else {
            ("live-marker", polling)
        };
        view! {
            <span class=class title=title>
                {text}
            </span>
        }
    }
}
