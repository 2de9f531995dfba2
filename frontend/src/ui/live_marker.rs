//! Marker that shows if the page updates live.

use crate::state::{live::Live, network::Network};
use leptos::prelude::*;

/// Text and tooltip of a state.
type Words = (&'static str, &'static str);

/// Dot with the state of the event stream: live, polling or paused.
#[component]
pub fn LiveMarker(
    /// Tooltip while events arrive.
    live: &'static str,
    /// Text and tooltip while online, but without an event stream.
    polling: Words,
    /// Tooltip while the browser is offline.
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
