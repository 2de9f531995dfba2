//! Event stream with unlimited reconnection attempts.

use crate::{
    api::live::{LiveStream, StreamSignal},
    logic::backoff::wait_secs,
};
use leptos::prelude::{TimeoutHandle, set_timeout, set_timeout_with_handle};
use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
    time::Duration,
};

/// Stream that reconnects automatically; dropping it closes the connection.
pub struct Connection(Rc<Inner>);

struct Inner {
    listener: Box<dyn Fn(StreamSignal)>,
    stream: RefCell<Option<LiveStream>>,
    failures: Cell<u32>,
    retry: Cell<Option<TimeoutHandle>>,
}

impl Connection {
    /// Connects, and passes all events to `listener`.
    pub fn open(listener: impl Fn(StreamSignal) + 'static) -> Self {
        let inner = Rc::new(Inner {
            listener: Box::new(listener),
            stream: RefCell::new(None),
            failures: Cell::new(0),
            retry: Cell::new(None),
        });
        Inner::connect(&inner);
        Self(inner)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(retry) = self.0.retry.take() {
            retry.clear();
        }
        self.0.stream.replace(None);
    }
}

impl Inner {
    fn connect(this: &Rc<Self>) {
        let weak = Rc::downgrade(this);
        let stream = LiveStream::open(move |signal| match signal {
            // Deferred, because the stream must not be dropped inside its own callback.
            StreamSignal::Lost => {
                let weak = weak.clone();
                set_timeout(move || Self::lost(&weak), Duration::ZERO);
            }
            signal => {
                if let Some(inner) = weak.upgrade() {
                    inner.failures.set(0);
                    (inner.listener)(signal);
                }
            }
        });
        let failed = stream.is_none();
        this.stream.replace(stream);
        if failed {
            Self::retry_later(this);
        }
    }

    fn lost(weak: &Weak<Self>) {
        if let Some(inner) = weak.upgrade()
            && inner.stream.take().is_some()
        {
            (inner.listener)(StreamSignal::Lost);
            Self::retry_later(&inner);
        }
    }

    fn retry_later(this: &Rc<Self>) {
        let failures = this.failures.get();
        this.failures.set(failures.saturating_add(1));
        let wait = Duration::from_secs(wait_secs(failures).into());
        let weak = Rc::downgrade(this);
        let connect = move || {
            if let Some(inner) = weak.upgrade() {
                Self::connect(&inner);
            }
        };
        this.retry.set(set_timeout_with_handle(connect, wait).ok());
    }
}
