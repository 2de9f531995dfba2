//! Light, dark or system theme. The script in `index.html` sets the class on `<html>` before the
//! first paint; it reads the same storage key.

use super::media;
use super::storage;
use leptos::prelude::*;

const STORAGE_KEY: &str = "theme";

/// Theme selected by the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
    /// Follows the operating system.
    System,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::System];

    /// Returns the name in local storage.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::System => "system",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Light => "Light",
            Self::Dark => "Dark",
            Self::System => "System",
        }
    }
}

/// State of the theme, in context.
#[derive(Clone, Copy)]
pub struct ThemeState {
    choice: RwSignal<Theme>,
    /// Set while the page is dark.
    dark: RwSignal<bool>,
}

impl ThemeState {
    /// Loads the stored choice, applies it on every change of it or of the system theme, and
    /// provides it as context.
    pub fn provide() {
        let stored = storage::get(STORAGE_KEY);
        let theme = Theme::ALL
            .into_iter()
            .find(|theme| stored.as_deref() == Some(theme.as_str()));
        let state = Self {
            choice: RwSignal::new(theme.unwrap_or(Theme::System)),
            dark: RwSignal::new(false),
        };
        let system_is_dark = media::matches("(prefers-color-scheme: dark)");
        Effect::new(move || {
            let dark = match state.choice.get() {
                Theme::Light => false,
                Theme::Dark => true,
                Theme::System => system_is_dark.get(),
            };
            if let Some(root) = document().document_element() {
                root.class_list().toggle_with_force("dark", dark).ok();
            }
            state.dark.set(dark);
        });
        provide_context(state);
    }

    pub fn expect() -> Self {
        expect_context()
    }

    /// Returns the selected theme. Tracked.
    pub fn get(self) -> Theme {
        self.choice.get()
    }

    /// Returns the value of a color in `style/tokens.css` for the current theme, for pictures that
    /// can't use CSS. Tracked.
    pub fn color(self, token: &str) -> String {
        self.dark.track();
        let root = document().document_element();
        let style = root.and_then(|root| window().get_computed_style(&root).ok().flatten());
        let value = style.and_then(|style| style.get_property_value(token).ok());
        value.unwrap_or_default().trim().to_owned()
    }

    /// Selects a theme and stores it.
    pub fn choose(self, theme: Theme) {
        storage::set(STORAGE_KEY, theme.as_str());
        self.choice.set(theme);
    }
}
