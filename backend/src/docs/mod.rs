//! The published documentation: the OpenAPI documents; articles, operations and guides for the
//! dashboard's pages; and all pages as Markdown. Everything is built once.

mod api_catalog;
mod article;
mod data;
mod guides;
mod markdown;
mod published;
mod reference;
mod search;

pub use api_catalog::API_CATALOG_LINK;
pub use article::{frame, title};
pub use data::Data;
pub use guides::{Block, Guide, Heading};
pub use markdown::MARKDOWN_SUFFIX;
pub use published::{Published, gzip};
pub use reference::Reference;

use chrono::NaiveDate;
use markdown::Markdown;
use serde_json::Value;
use shared::docs::{GUIDES, Section};
use std::sync::OnceLock;

/// Builds the OpenAPI documents for the server at a public URL.
#[derive(Clone, Copy)]
pub struct OpenApi {
    /// The public API's document.
    pub public: fn(&str) -> Value,
    /// The management API's document.
    pub management: fn(&str) -> Value,
}

/// The published documents, built on first use.
pub struct Docs {
    public_url: String,
    openapi: OpenApi,
    made: OnceLock<Made>,
}

pub struct Made {
    pub openapi_json: Published,
    /// The OpenAPI document as YAML.
    pub openapi_yaml: Published,
    /// The management API's OpenAPI document.
    pub management_json: Published,
    /// Files that the dashboard's documentation pages load.
    pub data: Data,
    /// All pages as Markdown.
    pub markdown: Markdown,
    pub api_catalog: Published,
}

impl Docs {
    pub fn new(public_url: &str, openapi: OpenApi) -> Self {
        Self {
            openapi,
            public_url: public_url.to_owned(),
            made: OnceLock::new(),
        }
    }

    /// Returns the documents, building them on the first call.
    pub fn made(&self) -> &Made {
        self.made.get_or_init(|| self.make())
    }

    /// Returns the Markdown of the page at this path.
    pub fn markdown(&self, path: &str) -> Option<&Published> {
        self.made().markdown.page(path)
    }

    /// Reads the guides in the order of their table of contents.
    pub fn guides(&self) -> Vec<Guide> {
        let slugs = GUIDES.iter().map(|guide| guide.slug);
        slugs
            .filter_map(|slug| Guide::read(slug, &self.public_url))
            .collect()
    }

    fn make(&self) -> Made {
        let document = (self.openapi.public)(&self.public_url);
        let management = (self.openapi.management)(&self.public_url);
        let guides = self.guides();
        let changed = last_changed(&guides);
        let json = |value: Vec<u8>| Published::new("application/json", value, changed);
        // Neither can fail: both are trees of strings, numbers and lists.
        let yaml = serde_saphyr::to_string(&document).unwrap_or_default();
        let openapi_json = json(serde_json::to_vec(&document).unwrap_or_default());
        let management_json = json(serde_json::to_vec(&management).unwrap_or_default());
        let documents = [
            (Reference::read(&document), openapi_json.hash()),
            (Reference::read(&management), management_json.hash()),
        ];
        let data = Data::new(documents, changed, &guides);
        Made {
            markdown: Markdown::new(&self.public_url, &document, &data, changed),
            api_catalog: api_catalog::publish(&self.public_url, changed),
            data,
            openapi_json,
            openapi_yaml: Published::new("application/yaml", yaml.into_bytes(), changed),
            management_json,
        }
    }
}

/// Returns the date of the API's last change: the newest heading of the changelog.
fn last_changed(guides: &[Guide]) -> Option<NaiveDate> {
    let is_changelog = |guide: &&Guide| {
        let entry = GUIDES.iter().find(|entry| entry.slug == guide.slug);
        entry.is_some_and(|entry| entry.section == Section::Changelog)
    };
    let changelog = guides.iter().find(is_changelog)?;
    let mut dates = changelog.headings().map(|heading| heading.text.parse());
    dates.find_map(Result::ok)
}
