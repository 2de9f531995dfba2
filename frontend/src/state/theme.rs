//! Light, dark, or as the system is. The class on `<html>` is set before the
//! first paint by the script in `index.html`, which reads the same storage key.

use super::storage;
use leptos::prelude::*;

const STORAGE_KEY: &str = "theme";

/// The chosen theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Always light.
    Light,
    /// Always dark.
    Dark,
    /// As the system is.
    System,
}

impl Theme {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::System];

    /// As it is stored.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::System => "system",
        }
    }

    /// As a person reads it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Light => "Light",
            Self::Dark => "Dark",
            Self::System => "System",
        }
    }
}

/// The theme, in context.
#[derive(Clone, Copy)]
pub struct ThemeState {
    choice: RwSignal<Theme>,
    /// Whether the page is dark now.
    dark: RwSignal<bool>,
}

impl ThemeState {
    /// Reads the stored choice, keeps the page in step with it and with the
    /// system, and puts it into context.
    pub fn provide() {
        let stored = storage::get(STORAGE_KEY);
        let theme = Theme::ALL
            .into_iter()
            .find(|theme| stored.as_deref() == Some(theme.as_str()));
        let state = Self {
            choice: RwSignal::new(theme.unwrap_or(Theme::System)),
            dark: RwSignal::new(false),
        };
        let system_is_dark = system_is_dark();
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

    /// The theme from context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// The choice, tracked.
    pub fn get(self) -> Theme {
        self.choice.get()
    }

    /// A colour of `style/tokens.css` as it is in the present theme, tracked: for
    /// pictures, which are drawn by what knows no CSS.
    pub fn color(self, token: &str) -> String {
        self.dark.track();
        let root = document().document_element();
        let style = root.and_then(|root| window().get_computed_style(&root).ok().flatten());
        let value = style.and_then(|style| style.get_property_value(token).ok());
        value.unwrap_or_default().trim().to_owned()
    }

    /// Chooses, and remembers the choice.
    pub fn choose(self, theme: Theme) {
        storage::set(STORAGE_KEY, theme.as_str());
        self.choice.set(theme);
    }
}

/// Whether the system is dark, kept up to date.
fn system_is_dark() -> RwSignal<bool> {
    use wasm_bindgen::{JsCast, closure::Closure};
    let signal = RwSignal::new(false);
    let query = window().match_media("(prefers-color-scheme: dark)");
    if let Ok(Some(query)) = query {
        signal.set(query.matches());
        let media = query.clone();
        let on_change = Closure::<dyn FnMut()>::new(move || signal.set(media.matches()));
        let callback = on_change.as_ref().unchecked_ref();
        query
            .add_event_listener_with_callback("change", callback)
            .ok();
        // The theme lives as long as the page.
        on_change.forget();
    }
    signal
}
