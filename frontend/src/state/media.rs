//! Media queries.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};

/// Returns whether a media query matches, and keeps it up to date. To be called a few times only:
/// the listener lives as long as the page.
pub fn matches(query: &str) -> RwSignal<bool> {
    let signal = RwSignal::new(false);
    if let Ok(Some(query)) = window().match_media(query) {
        signal.set(query.matches());
        let media = query.clone();
        let on_change = Closure::<dyn FnMut()>::new(move || {
            signal.try_set(media.matches());
        });
        let callback = on_change.as_ref().unchecked_ref();
        query
            .add_event_listener_with_callback("change", callback)
            .ok();
        on_change.forget();
    }
    signal
}
