//! Toasts: short messages at the edge of the page.

use leptos::prelude::*;
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToastKind {
    Success,
    /// Success with an unexpected detail.
    Notice,
    Error,
}

impl ToastKind {
    /// Returns the time until the toast disappears.
    const fn duration(self) -> Duration {
        match self {
            Self::Success => Duration::from_secs(4),
            Self::Notice => Duration::from_secs(8),
            Self::Error => Duration::from_secs(10),
        }
    }
}

/// Maximum number of visible toasts.
const MOST: usize = 3;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// Unique among all toasts.
    pub id: u32,
    pub kind: ToastKind,
    pub text: String,
}

/// Visible toasts, in context.
#[derive(Clone, Copy)]
pub struct Toasts {
    list: RwSignal<Vec<Toast>>,
    next_id: StoredValue<u32>,
}

impl Toasts {
    pub fn provide() {
        provide_context(Self {
            list: RwSignal::new(Vec::new()),
            next_id: StoredValue::new(0),
        });
    }

    pub fn expect() -> Self {
        expect_context()
    }

    /// Returns the visible toasts. Tracked.
    pub fn list(self) -> Vec<Toast> {
        self.list.get()
    }

    pub fn success(self, text: impl Into<String>) {
        self.show(ToastKind::Success, text.into());
    }

    /// Shows a success with an unexpected detail.
    pub fn notice(self, text: impl Into<String>) {
        self.show(ToastKind::Notice, text.into());
    }

    pub fn error(self, text: impl Into<String>) {
        self.show(ToastKind::Error, text.into());
    }

    pub fn dismiss(self, id: u32) {
        self.list.update(|list| list.retain(|toast| toast.id != id));
    }

    fn show(self, kind: ToastKind, text: String) {
        let id = self.next_id.get_value();
        self.next_id.set_value(id + 1);
        self.list.update(|list| {
            // Replaces a toast with the same text, which extends its time.
            list.retain(|toast| toast.text != text);
            list.push(Toast { id, kind, text });
            let too_many = list.len().saturating_sub(MOST);
            list.drain(..too_many);
        });
        set_timeout(move || self.dismiss(id), kind.duration());
    }
}
