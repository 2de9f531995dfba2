//! The page that the server has rendered: a documentation article in the dashboard's frame. It is
//! visible while the program is loading, and until the program shows the same article.

use leptos::prelude::*;
use shared::reference::Article;
use web_sys::Element;

/// Returns the served article if it belongs to `path` and is still displayed.
pub fn article(path: &str) -> Option<Article> {
    let page = element()?;
    if window().location().pathname().ok()?.trim_end_matches('/') != path {
        return None;
    }
    let article = page.query_selector(".article").ok()??;
    let title = article.query_selector("h1").ok()??.text_content()?;
    Some(Article {
        title,
        html: article.inner_html(),
    })
}

/// Removes the served page, if there is one, and shows what the program has rendered.
pub fn remove() {
    if let Some(page) = element() {
        page.remove();
    }
}

/// Returns `true` while the served page is displayed, if it has the section with this id. Try It
/// Out is in the program's page only.
pub fn has_section(id: &str) -> bool {
    let section = document().get_element_by_id(id);
    element().is_some_and(|page| page.contains(section.as_deref()))
}

fn element() -> Option<Element> {
    document().get_element_by_id("served-page")
}
