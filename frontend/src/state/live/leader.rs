//! Which tab of the browser talks to the server: whoever holds a Web Lock. The
//! browser hands it on when the holder lets go, closes or crashes.

use futures_channel::oneshot;
use js_sys::{Function, Object, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};
use web_sys::AbortController;

const LOCK: &str = "penguinmails-live";

/// The lock, or the wish for it; dropping it gives up either.
pub struct Leadership {
    abort: AbortController,
    /// The lock is held until this is dropped.
    _held: oneshot::Sender<()>,
}

impl Leadership {
    /// Asks for the lock and calls `on_granted` once this tab has it, which may be
    /// never. `None` if the browser has no locks.
    pub fn request(on_granted: impl FnOnce() + 'static) -> Option<Self> {
        let locks = Reflect::get(&window().navigator(), &"locks".into()).ok()?;
        let request = Reflect::get(&locks, &"request".into()).ok()?;
        let request: Function = request.dyn_into().ok()?;
        let abort = AbortController::new().ok()?;
        let options = Object::new();
        Reflect::set(&options, &"signal".into(), &abort.signal()).ok()?;

        let (held, mut release) = oneshot::channel::<()>();
        let granted = Closure::once_into_js(move |_lock: JsValue| -> Promise {
            // It may be granted at the very moment at which it is given up.
            if matches!(release.try_recv(), Ok(None)) {
                on_granted();
            }
            future_to_promise(async move {
                release.await.ok();
                Ok(JsValue::UNDEFINED)
            })
        });
        let outcome = request.call3(&locks, &LOCK.into(), &options, &granted);
        let outcome: Promise = outcome.ok()?.dyn_into().ok()?;
        // Giving up rejects it, which nobody needs to hear of.
        spawn_local(async move { drop(JsFuture::from(outcome).await) });
        Some(Self { abort, _held: held })
    }
}

impl Drop for Leadership {
    fn drop(&mut self) {
        self.abort.abort();
    }
}
