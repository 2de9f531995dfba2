//! What the documentation's pages load. The URLs contain a hash, so that browsers cache them
//! permanently; the server writes it into the page.

use super::{ApiError, read, send};
use gloo_net::http::Request;
use leptos::prelude::document;
use serde::de::DeserializeOwned;
use shared::{
    docs::DOCS,
    reference::{Article, DocsIndex, Operation, SearchItem},
};

/// Root of the data that belongs to any version of the server.
const LATEST: &str = "/docs/data/latest";

/// Returns the list of pages.
pub async fn get_index() -> Result<DocsIndex, ApiError> {
    get("index.json").await
}

/// Returns the search index.
pub async fn get_search_items() -> Result<Vec<SearchItem>, ApiError> {
    get("search.json").await
}

/// Returns the article of the page at `path`.
pub async fn get_article(path: &str) -> Result<Article, ApiError> {
    let page = path.trim_start_matches(DOCS);
    get(&format!("articles{page}.json")).await
}

/// Returns an operation by its `operationId`.
pub async fn get_operation(id: &str) -> Result<Operation, ApiError> {
    get(&format!("operations/{id}.json")).await
}

/// Fetches a file. If the page is older than the server, its hash may no longer exist; the latest
/// files always do.
async fn get<T: DeserializeOwned>(name: &str) -> Result<T, ApiError> {
    let meta = document().query_selector("meta[name=docs-data]");
    let root = meta.ok().flatten();
    let root = root.and_then(|meta| meta.get_attribute("content"));
    if let Some(root) = root
        && let Ok(response) = send(request(&root, name)?).await
    {
        return read(response).await;
    }
    read(send(request(LATEST, name)?).await?).await
}

fn request(root: &str, name: &str) -> Result<Request, ApiError> {
    Request::get(&format!("{root}/{name}"))
        .build()
        .map_err(|_| ApiError::Unreachable)
}
