//! What the documentation is drawn from, fetched when its first page is opened.

use super::remote::Remote;
use crate::{
    api::{self, ApiError},
    logic::{docs::guide::Guide, openapi::Document},
};
use leptos::prelude::*;
use std::sync::Arc;

/// The OpenAPI document, read.
#[derive(Clone)]
pub struct Reference {
    /// The document.
    pub document: Arc<Document>,
    /// The first digits of its hash.
    pub hash: String,
    /// When it last changed, as HTTP writes it.
    pub changed: String,
}

/// The documentation, in context below its layout.
#[derive(Clone, Copy)]
pub struct Docs {
    /// The OpenAPI document.
    pub reference: Remote<Reference>,
    /// The guides.
    pub guides: Remote<Arc<Vec<Guide>>>,
}

impl Docs {
    /// Begins to fetch, and puts the documentation into context.
    pub fn provide() -> Self {
        let docs = Self {
            reference: Remote::follow(|| 0, fetch_reference),
            guides: Remote::follow(|| 0, async || Ok(Arc::new(api::docs::get_guides().await?))),
        };
        provide_context(docs);
        docs
    }

    /// The documentation from context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// The OpenAPI document, tracked; `None` until it is there.
    pub fn document(self) -> Option<Arc<Document>> {
        self.reference.data().map(|reference| reference.document)
    }
}

async fn fetch_reference() -> Result<Reference, ApiError> {
    let published = api::docs::get_document().await?;
    let document = Document::read(published.content).map_err(|_| ApiError::Unexpected {
        status: 200,
        request_id: None,
    })?;
    Ok(Reference {
        document: Arc::new(document),
        hash: published.hash,
        changed: published.changed,
    })
}
