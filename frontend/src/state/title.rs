//! The page's title, in the browser's tab and for screen readers.

use leptos::prelude::*;

/// The title of the current page, in context.
#[derive(Clone, Copy)]
pub struct PageTitle(RwSignal<String>);

impl PageTitle {
    /// Puts the title into context and keeps the browser's tab in step with it.
    pub fn provide() {
        let title = Self(RwSignal::new(String::new()));
        Effect::new(move || {
            let text = title.get();
            if !text.is_empty() {
                document().set_title(&format!("{text} · PenguinMails"));
            }
        });
        provide_context(title);
    }

    /// The title from context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// The title, tracked.
    pub fn get(self) -> String {
        self.0.get()
    }
}

/// Names the page that is being drawn.
pub fn set_title(title: impl Into<String>) {
    PageTitle::expect().0.set(title.into());
}
