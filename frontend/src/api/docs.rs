//! The documents that the documentation is drawn from. Their addresses have a hash in
//! them, so that the browser keeps them for ever; the server writes them into the page.

use super::{ApiError, read, send};
use crate::docs::logic::guide::Guide;
use gloo_net::http::{Request, Response};
use leptos::prelude::document as page;
use serde_json::Value;

/// A document, and which one it is.
pub struct Published {
    /// The document.
    pub content: Value,
    /// The first 16 digits of its SHA-256.
    pub hash: String,
    /// When it last changed, as HTTP writes it.
    pub changed: String,
}

/// The OpenAPI document of the public API.
pub async fn get_document() -> Result<Published, ApiError> {
    published(get("openapi-document", "/openapi.json").await?).await
}

/// The OpenAPI document of the management API.
pub async fn get_management_document() -> Result<Published, ApiError> {
    published(get("openapi-management", "/openapi-management.json").await?).await
}

async fn published(response: Response) -> Result<Published, ApiError> {
    let header = |name: &str| response.headers().get(name).unwrap_or_default();
    let hash = header("etag");
    let hash = hash.trim_start_matches("W/").trim_matches('"').to_owned();
    let changed = header("last-modified");
    let content = read(response).await?;
    Ok(Published {
        content,
        hash,
        changed,
    })
}

/// The guides.
pub async fn get_guides() -> Result<Vec<Guide>, ApiError> {
    read(get("guides", "/docs/guides.json").await?).await
}

/// Gets what the page names under `name`. A page that is older than the server names
/// something that is not there any more; `fallback` always is.
async fn get(name: &str, fallback: &str) -> Result<Response, ApiError> {
    let named = page().query_selector(&format!("meta[name={name}]"));
    let named = named
        .ok()
        .flatten()
        .and_then(|meta| meta.get_attribute("content"));
    if let Some(address) = named
        && let Ok(response) = send(request(&address)?).await
    {
        return Ok(response);
    }
    send(request(fallback)?).await
}

fn request(address: &str) -> Result<Request, ApiError> {
    Request::get(address)
        .build()
        .map_err(|_| ApiError::Unreachable)
}
