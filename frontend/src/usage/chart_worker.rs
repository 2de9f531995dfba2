//! Web worker that draws the charts. It starts with the first chart and keeps running, so that
//! charts-rs is loaded once, and only by pages with charts.

use charts::{FromWorker, Order, Picture};
use futures_channel::oneshot;
use leptos::prelude::*;
use std::{cell::RefCell, collections::HashMap, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Event, MessageEvent, Worker};

thread_local! {
    static RUNNING: RefCell<Option<ChartWorker>> = const { RefCell::new(None) };
}

/// Draws `picture` as an SVG element. Returns `None` on failure, for example if the worker cannot
/// be loaded; the next picture starts a new worker.
pub async fn draw(picture: Picture) -> Option<String> {
    let receiver = RUNNING.with_borrow_mut(|running| {
        if running.is_none() {
            *running = ChartWorker::start();
        }
        Some(running.as_ref()?.order(picture))
    })?;
    receiver.await.ok().flatten()
}

struct ChartWorker {
    worker: Worker,
    inbox: Rc<RefCell<Inbox>>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

#[derive(Default)]
struct Inbox {
    /// Orders queued until the worker listens; `None` from then on.
    waiting: Option<Vec<String>>,
    pending: HashMap<u64, oneshot::Sender<Option<String>>>,
    last_id: u64,
}

impl ChartWorker {
    fn start() -> Option<Self> {
        let meta = document()
            .query_selector("meta[name=chart-worker]")
            .ok()??;
        let worker = Worker::new(&meta.get_attribute("content")?).ok()?;
        let inbox = Rc::new(RefCell::new(Inbox {
            waiting: Some(Vec::new()),
            ..Inbox::default()
        }));
        let on_message = {
            let (inbox, worker) = (inbox.clone(), worker.clone());
            Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
                let text = message.data().as_string().unwrap_or_default();
                match serde_json::from_str(&text) {
                    Ok(FromWorker::Ready) => {
                        let waiting = inbox.borrow_mut().waiting.take();
                        for order in waiting.unwrap_or_default() {
                            post(&worker, &order);
                        }
                    }
                    Ok(FromWorker::Drawn { id, svg }) => {
                        if let Some(sender) = inbox.borrow_mut().pending.remove(&id) {
                            // The receiver is gone if the user has left the page.
                            sender.send(svg).ok();
                        }
                    }
                    Err(_) => {}
                }
            })
        };
        let on_error = Closure::<dyn FnMut(Event)>::new(move |_| {
            // Dropping the worker ends all pending orders. Deferred, because it drops this closure
            // too.
            let end = || RUNNING.set(None);
            request_animation_frame(end);
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Some(Self {
            worker,
            inbox,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    fn order(&self, picture: Picture) -> oneshot::Receiver<Option<String>> {
        let (sender, receiver) = oneshot::channel();
        let mut inbox = self.inbox.borrow_mut();
        inbox.last_id += 1;
        let id = inbox.last_id;
        let Ok(order) = serde_json::to_string(&Order { id, picture }) else {
            return receiver;
        };
        inbox.pending.insert(id, sender);
        match &mut inbox.waiting {
            Some(waiting) => waiting.push(order),
            None => post(&self.worker, &order),
        }
        receiver
    }
}

impl Drop for ChartWorker {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

fn post(worker: &Worker, order: &str) {
    worker.post_message(&JsValue::from_str(order)).ok();
}
