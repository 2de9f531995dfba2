//! Data of the documentation, fetched when its first page is opened.

use crate::{api, state::query::Query};
use leptos::prelude::*;
use shared::reference::{DocsIndex, OperationSummary, SearchItem};
use std::sync::Arc;

/// Data of the documentation, provided as a context below its layout.
#[derive(Clone, Copy)]
pub struct Docs {
    pub index: Query<Arc<DocsIndex>>,
    needs_search: RwSignal<bool>,
    /// The search index; empty until it is needed.
    search: Query<Arc<Vec<SearchItem>>, bool>,
}

impl Docs {
    /// Starts fetching and provides the context.
    pub fn provide() -> Self {
        let needs_search = RwSignal::new(false);
        let fetch_search = async |is_needed| {
            if is_needed {
                Ok(Arc::new(api::docs::get_search_items().await?))
            } else {
                Ok(Arc::default())
            }
        };
        let docs = Self {
            index: Query::new(async || Ok(Arc::new(api::docs::get_index().await?))),
            needs_search,
            search: Query::of(move || needs_search.get(), fetch_search),
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
        self.needs_search.set(true);
    }

    /// Returns the search index (tracked); empty until it is loaded.
    pub fn search_items(self) -> Arc<Vec<SearchItem>> {
        self.search.data().unwrap_or_default()
    }
}
