//! The documentation as Markdown, for programs and agents: each page, an index of all
//! (`/llms.txt`, in the format of llmstxt.org), and everything in one file (`/llms-full.txt`).

mod errors;
mod fields;
mod guides;
mod index;
mod links;
mod operation;

use crate::docs::{data::Data, published::Published};
use chrono::NaiveDate;
use serde_json::Value;
use shared::docs::DOCS;
use std::collections::HashMap;

/// What a page's URL ends with if it is requested as Markdown.
pub const MARKDOWN_SUFFIX: &str = ".md";

/// All pages, ready to be served.
pub struct Markdown {
    /// The list of all pages.
    pub index: Published,
    /// All pages one after the other.
    pub full_text: Published,
    /// Pages by their path in the dashboard.
    pages: HashMap<String, Published>,
}

/// A page of the documentation.
struct Page {
    /// Path in the dashboard.
    path: String,
    /// Heading of the index under which the page is listed; `None` for pages that are lists.
    section: Option<String>,
    title: String,
    /// Summary in the index.
    description: String,
    /// Text below the title.
    body: String,
}

impl Page {
    fn text(&self) -> String {
        format!("# {}\n\n{}\n", self.title, self.body)
    }
}

impl Markdown {
    /// Renders all pages. `document` is the public API's OpenAPI document.
    pub fn new(
        public_url: &str,
        document: &Value,
        data: &Data,
        changed: Option<NaiveDate>,
    ) -> Self {
        let mut pages = guides::pages(public_url);
        pages.push(errors::page());
        pages.extend(data.operations().iter().map(operation::page));
        pages.extend(operation::groups(data.index()));
        let paths: Vec<_> = pages.iter().map(|page| page.path.clone()).collect();
        for page in &mut pages {
            page.body = links::absolute(&page.body, public_url, &paths);
        }
        let about = document["info"]["description"].as_str().unwrap_or_default();
        let index = index::index(public_url, about, &pages);
        let full_text = index::full_text(public_url, &index, &pages);
        let publish =
            |media_type, text: String| Published::new(media_type, text.into_bytes(), changed);
        let mut published: HashMap<_, _> = pages
            .iter()
            .map(|page| (page.path.clone(), publish(MARKDOWN, page.text())))
            .collect();
        published.insert(DOCS.to_owned(), publish(MARKDOWN, index.clone()));
        Self {
            index: publish(PLAIN_TEXT, index),
            full_text: publish(PLAIN_TEXT, full_text),
            pages: published,
        }
    }

    /// Returns the page at this path of the dashboard.
    pub fn page(&self, path: &str) -> Option<&Published> {
        self.pages.get(path)
    }
}

const MARKDOWN: &str = "text/markdown; charset=utf-8";
const PLAIN_TEXT: &str = "text/plain; charset=utf-8";
