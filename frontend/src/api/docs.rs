//! Documents behind the documentation pages. Their URLs contain a hash, so that browsers cache them
//! permanently; the server writes the URLs into the page.

use super::{ApiError, read, send};
use crate::docs::logic::guide::Guide;
use gloo_net::http::{Request, Response};
use leptos::prelude::document as page;
use serde_json::Value;

/// Document with its version.
pub struct Published {
    pub content: Value,
    /// First 16 hex digits of its SHA-256.
    pub hash: String,
    /// Value of the `Last-Modified` header.
    pub changed: String,
}

/// Returns the OpenAPI document of the public API.
pub async fn get_document() -> Result<Published, ApiError> {
    published(get("openapi-document", "/openapi.json").await?).await
}

/// Returns the OpenAPI document of the management API.
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

pub async fn get_guides() -> Result<Vec<Guide>, ApiError> {
    read(get("guides", "/docs/guides.json").await?).await
}

/// Fetches the URL in the page's `meta` element `name`. If the page is older than the server, that
/// URL may no longer exist; `fallback` always does.
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
