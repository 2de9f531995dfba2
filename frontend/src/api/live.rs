//! Live events, received as server-sent events.

use shared::{
    live::LiveEvent,
    operation::{Row, StreamLive},
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent};

/// Names of the events to subscribe to: `EventSource` only delivers events with a listener.
const EVENT_NAMES: [&str; 3] = ["usage", "keys_changed", "rate_limit"];

/// Event of a stream.
pub enum StreamSignal {
    Open,
    Event(LiveEvent),
    /// The connection was lost.
    Lost,
}

/// Open stream; dropping it closes the connection.
pub struct LiveStream {
    source: EventSource,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_state: Closure<dyn FnMut(Event)>,
}

impl LiveStream {
    /// Connects, and passes all events to `listener`. Returns `None` if the browser refuses.
    pub fn open(listener: impl Fn(StreamSignal) + Clone + 'static) -> Option<Self> {
        let source = EventSource::new(StreamLive::OPERATION.path).ok()?;
        let on_message = {
            let listener = listener.clone();
            Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
                let data = message.data().as_string().unwrap_or_default();
                if let Ok(event) = serde_json::from_str(&data) {
                    listener(StreamSignal::Event(event));
                }
            })
        };
        let on_state = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            listener(if event.type_() == "open" {
                StreamSignal::Open
            } else {
                StreamSignal::Lost
            });
        });
        for name in EVENT_NAMES {
            let callback = on_message.as_ref().unchecked_ref();
            source
                .add_event_listener_with_callback(name, callback)
                .ok()?;
        }
        for name in ["open", "error"] {
            let callback = on_state.as_ref().unchecked_ref();
            source
                .add_event_listener_with_callback(name, callback)
                .ok()?;
        }
        Some(Self {
            source,
            _on_message: on_message,
            _on_state: on_state,
        })
    }
}

impl Drop for LiveStream {
    fn drop(&mut self) {
        self.source.close();
    }
}
