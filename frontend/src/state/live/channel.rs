//! What the tabs of a browser tell each other.

use serde::{Deserialize, Serialize};
use shared::live::LiveEvent;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

const NAME: &str = "penguinmails-live";

/// What one tab tells all others.
#[derive(Serialize, Deserialize)]
pub enum Message {
    /// A tab was opened and wants to know how things stand.
    Hello,
    /// Whether the leader is connected.
    Connected(bool),
    /// The leader heard something from the server.
    Event(LiveEvent),
}

/// The channel between the tabs; dropping it closes this tab's end.
pub struct Channel {
    inner: BroadcastChannel,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

impl Channel {
    /// Reports what other tabs say to `listener`. `None` if the browser has no channels.
    pub fn open(listener: impl Fn(Message) + 'static) -> Option<Self> {
        let inner = BroadcastChannel::new(NAME).ok()?;
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            // A tab with another version of the dashboard may say what is unknown here.
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

    /// Tells all other tabs.
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
