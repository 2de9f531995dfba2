//! Tabs, copy buttons and example choices of articles, whose HTML comes from the server
//! (`backend/src/docs/article`). Listeners on the article recognize them by their attributes.

use crate::{
    docs::code_language::CodeLanguage,
    state::{clipboard, toasts::Toasts},
    ui::selection::step_selection,
};
use gloo_net::http::Request;
use leptos::{ev, html, prelude::*, task::spawn_local};
use shared::code_samples::Language;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlSelectElement};

/// The controls of one article.
#[derive(Clone, Copy)]
pub struct ArticleControls {
    article: NodeRef<html::Div>,
    language: CodeLanguage,
    toasts: Toasts,
}

impl ArticleControls {
    /// Creates the controls of the article in `article`.
    pub fn new(article: NodeRef<html::Div>) -> Self {
        Self {
            article,
            language: CodeLanguage::expect(),
            toasts: Toasts::expect(),
        }
    }

    /// Selects the language of code samples that the reader has chosen before.
    pub fn restore_language(self) {
        let language = self.language.get_untracked();
        let index = Language::ALL.iter().position(|one| *one == language);
        let Some(article) = self.article.get_untracked() else {
            return;
        };
        let tabs = all(&article, "[data-tabs=language] [role=tab]");
        if let Some(tab) = index.and_then(|index| tabs.get(index)) {
            select_tab(tab);
        }
    }

    /// Handles a click on a tab or a copy button.
    pub fn click(self, event: &ev::MouseEvent) {
        let Some(target) = element(event) else {
            return;
        };
        if let Some(tab) = closest(&target, "[role=tab]") {
            self.choose_tab(&tab);
        } else if let Some(button) = closest(&target, "[data-copy]") {
            self.copy_code(&button);
        } else if let Some(button) = closest(&target, "[data-copy-page]") {
            self.copy_page(button.get_attribute("data-copy-page").unwrap_or_default());
        }
    }

    /// Moves between tabs with the arrow keys, Home and End.
    pub fn keydown(self, event: &ev::KeyboardEvent) {
        let Some(tab) = element(event).and_then(|target| closest(&target, "[role=tab]")) else {
            return;
        };
        let tabs = siblings(&tab);
        let at = tabs.iter().position(|one| *one == tab).unwrap_or_default();
        let index = match event.key().as_str() {
            "ArrowRight" => step_selection(at, 1, tabs.len()),
            "ArrowLeft" => step_selection(at, -1, tabs.len()),
            "Home" => 0,
            "End" => tabs.len().saturating_sub(1),
            _ => return,
        };
        event.prevent_default();
        if let Some(tab) = tabs.get(index) {
            self.choose_tab(tab);
            tab.focus().ok();
        }
    }

    fn choose_tab(self, tab: &HtmlElement) {
        select_tab(tab);
        if closest(tab, "[data-tabs=language]").is_some() {
            let index = siblings(tab).iter().position(|one| one == tab);
            if let Some(language) = index.and_then(|index| Language::ALL.get(index)) {
                self.language.choose(*language);
            }
        }
    }

    fn copy_code(self, button: &HtmlElement) {
        let snippet = closest(button, ".code-snippet");
        let code = snippet.and_then(|snippet| all(&snippet, "code").into_iter().next());
        let Some(code) = code else {
            return;
        };
        spawn_local(async move {
            if clipboard::copy(&code.text_content().unwrap_or_default()).await {
                self.toasts.success("Copied to the clipboard.");
            } else {
                clipboard::select_text(&code);
                self.toasts.error(
                    "The browser did not allow copying. The text is selected: press Ctrl+C or ⌘C.",
                );
            }
        });
    }

    fn copy_page(self, address: String) {
        spawn_local(async move {
            let text = match Request::get(&address).send().await {
                Ok(response) if response.ok() => response.text().await.ok(),
                _ => None,
            };
            match text {
                Some(text) if clipboard::copy(&text).await => {
                    self.toasts.success("Copied the page as Markdown.");
                }
                Some(_) => self.toasts.error(
                    "The browser did not allow copying. Open “View as Markdown” and copy the text there.",
                ),
                None => self.toasts.error("The page could not be loaded. Try again."),
            }
        });
    }
}

/// Shows the example that was chosen in a `data-example-choice`.
pub fn choose_example(event: &ev::Event) {
    let Some(select) = element(event).and_then(|it| it.dyn_into::<HtmlSelectElement>().ok()) else {
        return;
    };
    let Some(examples) = closest(&select, "[data-examples]") else {
        return;
    };
    // Other examples inside have a choice of their own.
    let own =
        |example: &HtmlElement| closest(example, "[data-examples]").as_ref() == Some(&examples);
    for example in all(&examples, "[data-example]").into_iter().filter(own) {
        example.set_hidden(example.get_attribute("data-example") != Some(select.value()));
    }
}

/// Selects a tab and shows its panel alone.
fn select_tab(tab: &HtmlElement) {
    for other in siblings(tab) {
        let is_selected = other == *tab;
        let selected = if is_selected { "true" } else { "false" };
        other.set_attribute("aria-selected", selected).ok();
        other.set_tab_index(if is_selected { 0 } else { -1 });
        let panel = other.get_attribute("aria-controls");
        let panel = panel.and_then(|id| document().get_element_by_id(&id));
        if let Some(panel) = panel.and_then(|panel| panel.dyn_into::<HtmlElement>().ok()) {
            panel.set_hidden(!is_selected);
        }
    }
}

/// Returns the tabs of the list that `tab` belongs to.
fn siblings(tab: &HtmlElement) -> Vec<HtmlElement> {
    closest(tab, "[role=tablist]").map_or_else(Vec::new, |list| all(&list, "[role=tab]"))
}

fn element(event: &ev::Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

fn closest(element: &Element, selector: &str) -> Option<HtmlElement> {
    element.closest(selector).ok()??.dyn_into().ok()
}

fn all(within: &Element, selector: &str) -> Vec<HtmlElement> {
    let Ok(nodes) = within.query_selector_all(selector) else {
        return Vec::new();
    };
    let nodes = (0..nodes.length()).filter_map(|index| nodes.get(index));
    nodes.filter_map(|node| node.dyn_into().ok()).collect()
}
