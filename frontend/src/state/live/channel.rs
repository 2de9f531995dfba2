//! Messages between the tabs of a browser.

use serde::{Deserialize, Serialize};
use shared::live::LiveEvent;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

const NAME: &str = "penguinmails-live";

/// Message from one tab to all others.
#[derive(Serialize, Deserialize)]
pub enum Message {
    /// A tab was opened and requests the current state.
    Hello,
    /// Connection state of the leader.
    Connected(bool),
    /// Server event received by the leader.
    Event(LiveEvent),
}

/// Broadcast channel between the tabs; dropping it closes this tab's end.
pub struct Channel {
    inner: BroadcastChannel,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

impl Channel {
    /// Opens the channel and passes messages of other tabs to `listener`. Returns `None` if the
    /// browser doesn't support channels.
    pub fn open(listener: impl Fn(Message) + 'static) -> Option<Self> {
        let inner = BroadcastChannel::new(NAME).ok()?;
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            // Ignores unknown messages, which a tab with another version may send.
            let text = event.data().as_string().unwrap_or_default();
            if let Ok(message) = serde_json::from_str(&text) {
                listener(message);
            }
        });
        inner.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        Some(Self {
            inner,
            _on_message: on_message,
        })
    }

    pub fn send(&self, message: &Message) {
        let text = serde_json::to_string(message).unwrap_or_default();
        self.inner.post_message(&JsValue::from_str(&text)).ok();
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.inner.set_onmessage(None);
        self.inner.close();
    }
}
