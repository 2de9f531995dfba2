//! The language of all code samples, remembered in local storage.

use crate::state::storage;
use leptos::prelude::*;
use shared::code_samples::Language;

const STORAGE_KEY: &str = "code-language";

/// The selected code language, provided as a context.
#[derive(Clone, Copy)]
pub struct CodeLanguage(RwSignal<Language>);

impl CodeLanguage {
    /// Restores the stored language, curl by default, and provides the context.
    pub fn provide() {
        let stored = storage::get(STORAGE_KEY);
        let language = Language::ALL
            .into_iter()
            .find(|language| stored.as_deref() == Some(language.as_str()));
        provide_context(Self(RwSignal::new(language.unwrap_or(Language::Curl))));
    }

    pub fn expect() -> Self {
        expect_context()
    }

    /// Returns the selected language. Not tracked.
    pub fn get_untracked(self) -> Language {
        self.0.get_untracked()
    }

    /// Selects a language and stores the choice.
    pub fn choose(self, language: Language) {
        storage::set(STORAGE_KEY, language.as_str());
        self.0.set(language);
    }
}
