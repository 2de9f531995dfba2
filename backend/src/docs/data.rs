//! What the dashboard's documentation pages load: the list of pages, the search index, articles
//! and operations. A common hash is part of their URLs, so that browsers cache them permanently.

use crate::docs::{
    article,
    guides::Guide,
    published::{Published, hash},
    reference::Reference,
    search,
};
use chrono::NaiveDate;
use serde::Serialize;
use shared::{
    docs::{DOCS, GUIDES, operation_path},
    reference::{Article, DocsIndex, DocumentSummary, Operation},
};
use std::collections::BTreeMap;

/// The files, by their path below the hash.
pub struct Data {
    hash: String,
    files: BTreeMap<String, Published>,
    /// Articles by the path of their page.
    articles: BTreeMap<String, Article>,
    /// Operations of both APIs, in the order of the sidebar.
    operations: Vec<Operation>,
    index: DocsIndex,
}

impl Data {
    /// Renders everything. `documents` are the public and the management API, each with the hash
    /// of its OpenAPI document.
    pub fn new(
        documents: [(Reference, &str); 2],
        changed: Option<NaiveDate>,
        guides: &[Guide],
    ) -> Self {
        let mut data = Self {
            hash: String::new(),
            files: BTreeMap::new(),
            articles: BTreeMap::new(),
            operations: Vec::new(),
            index: DocsIndex {
                changed,
                documents: Vec::new(),
            },
        };
        for (document, hash) in documents {
            let listed = document.operations.iter();
            data.index.documents.push(DocumentSummary {
                version: document.version,
                hash: hash.to_owned(),
                operations: listed.map(|operation| operation.listed.clone()).collect(),
                groups: document.groups,
            });
            data.operations.extend(document.operations);
        }
        for entry in &GUIDES {
            if let Some(guide) = guides.iter().find(|guide| guide.slug == entry.slug) {
                let path = entry.path();
                let html = article::guide(guide, &path).into_string();
                data.add_article(path, &guide.title, html);
            }
        }
        for operation in data.operations.clone() {
            let listed = &operation.listed;
            let html = article::operation(&operation).into_string();
            let path = operation_path(&listed.group, &listed.id);
            data.add_article(path, &listed.summary, html);
            data.add_file(format!("operations/{}.json", listed.id), &operation);
        }
        data.add_file("index.json".into(), &data.index.clone());
        let items = search::index(guides, &data.operations);
        data.add_file("search.json".into(), &items);
        let hashes: String = data.files.values().map(Published::hash).collect();
        data.hash = hash(hashes.as_bytes());
        data
    }

    fn add_article(&mut self, path: String, title: &str, html: String) {
        let article = Article {
            title: title.to_owned(),
            html,
        };
        let page = path.trim_start_matches(DOCS);
        self.add_file(format!("articles{page}.json"), &article);
        self.articles.insert(path, article);
    }

    fn add_file(&mut self, name: String, content: &impl Serialize) {
        // Cannot fail: all contents are structures of strings, numbers and lists.
        let json = serde_json::to_vec(content).unwrap_or_default();
        let file = Published::new("application/json", json, None);
        self.files.insert(name, file);
    }

    /// Returns the common hash: 16 hexadecimal digits.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Returns the file at a path below the hash.
    pub fn file(&self, path: &str) -> Option<&Published> {
        self.files.get(path)
    }

    /// Returns the article of the page at `path`.
    pub fn article(&self, path: &str) -> Option<&Article> {
        self.articles.get(path)
    }

    /// Returns the list of pages.
    pub const fn index(&self) -> &DocsIndex {
        &self.index
    }

    /// Returns the operations of both APIs, in the order of the sidebar.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }
}
