//! Data of the documentation, fetched when its first page is opened.

use crate::{api, state::remote::Remote};
use leptos::prelude::*;
use shared::reference::{DocsIndex, OperationSummary, SearchItem};
use std::sync::Arc;

/// Data of the documentation, provided as a context below its layout.
#[derive(Clone, Copy)]
pub struct Docs {
    pub index: Remote<Arc<DocsIndex>>,
    /// Version of the search index: zero until it is needed.
    search_version: RwSignal<u64>,
    search: Remote<Arc<Vec<SearchItem>>>,
}

impl Docs {
    /// Starts fetching and provides the context.
    pub fn provide() -> Self {
        let search_version = RwSignal::new(0);
        let fetch_search = async move || {
            if search_version.get_untracked() == 0 {
                return Ok(Arc::default());
            }
            Ok(Arc::new(api::docs::get_search_items().await?))
        };
        let docs = Self {
            index: Remote::follow(|| 0, async || Ok(Arc::new(api::docs::get_index().await?))),
            search_version,
            search: Remote::follow(move || search_version.get(), fetch_search),
        };
        provide_context(docs);
        docs
    }

    pub fn expect() -> Self {
        expect_context()
    }

    /// Returns the operations of both APIs (tracked); empty until they are loaded.
    pub fn operations(self) -> Vec<OperationSummary> {
        let index = self.index.data();
        let documents = index.iter().flat_map(|index| &index.documents);
        documents
            .flat_map(|document| &document.operations)
            .cloned()
            .collect()
    }

    /// Starts fetching the search index, once.
    pub fn load_search(self) {
        self.search_version.set(1);
    }

    /// Returns the search index (tracked); empty until it is loaded.
    pub fn search_items(self) -> Arc<Vec<SearchItem>> {
        self.search.data().unwrap_or_default()
    }
}
