//! Leader election among the tabs, based on a Web Lock. The browser passes the lock on if its
//! holder releases it, closes or crashes.

use futures_channel::oneshot;
use js_sys::{Function, Object, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};
use web_sys::AbortController;

const LOCK: &str = "penguinmails-live";

/// Lock, or a pending request for it; dropping it releases either.
pub struct Leadership {
    abort: AbortController,
    /// Holds the lock until dropped.
    _held: oneshot::Sender<()>,
}

impl Leadership {
    /// Requests the lock and calls `on_granted` once this tab gets it, if ever. Returns `None` if
    /// the browser doesn't support locks.
    pub fn request(on_granted: impl FnOnce() + 'static) -> Option<Self> {
        let locks = Reflect::get(&window().navigator(), &"locks".into()).ok()?;
        let request = Reflect::get(&locks, &"request".into()).ok()?;
        let request: Function = request.dyn_into().ok()?;
        let abort = AbortController::new().ok()?;
        let options = Object::new();
        Reflect::set(&options, &"signal".into(), &abort.signal()).ok()?;

        let (held, mut release) = oneshot::channel::<()>();
        let granted = Closure::once_into_js(move |_lock: JsValue| -> Promise {
            // The lock may be granted at the moment of its release.
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
        // The promise rejects on abort, which is expected.
        spawn_local(async move { drop(JsFuture::from(outcome).await) });
        Some(Self { abort, _held: held })
    }
}

impl Drop for Leadership {
    fn drop(&mut self) {
        self.abort.abort();
    }
}
