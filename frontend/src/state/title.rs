//! Title of the page, in the browser's tab and for screen readers.

use leptos::prelude::*;

/// Title of the current page, in context.
#[derive(Clone, Copy)]
pub struct PageTitle(RwSignal<String>);

impl PageTitle {
    /// Provides the title as context, and copies changes to the browser's tab.
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

    pub fn expect() -> Self {
        expect_context()
    }

    /// Returns the title. Tracked.
    pub fn get(self) -> String {
        self.0.get()
    }
}

/// Sets the title of the current page.
pub fn set_title(title: impl Into<String>) {
    PageTitle::expect().0.set(title.into());
}
