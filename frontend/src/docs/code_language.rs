//! The language in which code samples are shown: one for all of them, remembered.

use crate::docs::samples::Language;
use crate::state::storage;
use leptos::prelude::*;

const STORAGE_KEY: &str = "code-language";

/// The language of code samples, in context.
#[derive(Clone, Copy)]
pub struct CodeLanguage(RwSignal<Language>);

impl CodeLanguage {
    /// Reads the remembered language, and puts it into context.
    pub fn provide() {
        let stored = storage::get(STORAGE_KEY);
        let language = Language::ALL
            .into_iter()
            .find(|language| stored.as_deref() == Some(language.as_str()));
        provide_context(Self(RwSignal::new(language.unwrap_or(Language::Curl))));
    }

    /// The language from context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// The language, tracked.
    pub fn get(self) -> Language {
        self.0.get()
    }

    /// Chooses, and remembers the choice.
    pub fn choose(self, language: Language) {
        storage::set(STORAGE_KEY, language.as_str());
        self.0.set(language);
    }
}
