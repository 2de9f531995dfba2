//! Short messages at the edge of the page.

use leptos::prelude::*;
use std::time::Duration;

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToastKind {
    /// Something worked.
    Success,
    /// Something worked, but not as one may have thought.
    Notice,
    /// Something did not.
    Error,
}

impl ToastKind {
    /// How long the message stays.
    const fn duration(self) -> Duration {
        match self {
            Self::Success => Duration::from_secs(4),
            Self::Notice => Duration::from_secs(8),
            Self::Error => Duration::from_secs(10),
        }
    }
}

/// How many messages are on show at most.
const MOST: usize = 3;

/// A message on show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// Its number, which no other message has.
    pub id: u32,
    /// What it is about.
    pub kind: ToastKind,
    /// The message.
    pub text: String,
}

/// The messages, in context.
#[derive(Clone, Copy)]
pub struct Toasts {
    list: RwSignal<Vec<Toast>>,
    next_id: StoredValue<u32>,
}

impl Toasts {
    /// Puts the messages into context.
    pub fn provide() {
        provide_context(Self {
            list: RwSignal::new(Vec::new()),
            next_id: StoredValue::new(0),
        });
    }

    /// The messages from context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// The messages on show, tracked.
    pub fn list(self) -> Vec<Toast> {
        self.list.get()
    }

    /// Shows that something worked.
    pub fn success(self, text: impl Into<String>) {
        self.show(ToastKind::Success, text.into());
    }

    /// Shows that something worked, but not as one may have thought.
    pub fn notice(self, text: impl Into<String>) {
        self.show(ToastKind::Notice, text.into());
    }

    /// Shows that something did not work.
    pub fn error(self, text: impl Into<String>) {
        self.show(ToastKind::Error, text.into());
    }

    /// Takes a message away.
    pub fn dismiss(self, id: u32) {
        self.list.update(|list| list.retain(|toast| toast.id != id));
    }

    fn show(self, kind: ToastKind, text: String) {
        let id = self.next_id.get_value();
        self.next_id.set_value(id + 1);
        self.list.update(|list| {
            // Saying the same again only makes it stay.
            list.retain(|toast| toast.text != text);
            list.push(Toast { id, kind, text });
            let too_many = list.len().saturating_sub(MOST);
            list.drain(..too_many);
        });
        set_timeout(move || self.dismiss(id), kind.duration());
    }
}
