//! Worker that draws pictures off the main thread, one after the other.

use charts::{FromWorker, Order, draw};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

fn main() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let answering = scope.clone();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        let text = message.data().as_string().unwrap_or_default();
        if let Ok(Order { id, picture }) = serde_json::from_str(&text) {
            let svg = draw(&picture);
            tell(&answering, &FromWorker::Drawn { id, svg });
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // The worker listens until the page terminates it.
    on_message.forget();
    tell(&scope, &FromWorker::Ready);
}

fn tell(scope: &DedicatedWorkerGlobalScope, message: &FromWorker) {
    if let Ok(text) = serde_json::to_string(message) {
        scope.post_message(&JsValue::from_str(&text)).ok();
    }
}
