//! Data of the documentation, fetched when its first page is opened.

use crate::state::remote::Remote;
use crate::{
    api::{self, ApiError},
    docs::{logic::guide::Guide, openapi::Document},
};
use leptos::prelude::*;
use std::sync::Arc;

/// The parsed OpenAPI documents.
#[derive(Clone)]
pub struct Reference {
    /// Document of the public API.
    pub document: Arc<Document>,
    /// Document of the management API.
    pub management: Arc<Document>,
    /// First digits of the public document's hash.
    pub hash: String,
    /// First digits of the management document's hash.
    pub management_hash: String,
    /// `Last-Modified` of the public document, as an HTTP date.
    pub changed: String,
}

impl Reference {
    /// Returns both documents, in the order of the sidebar.
    pub fn documents(&self) -> [Arc<Document>; 2] {
        [self.document.clone(), self.management.clone()]
    }
}

/// Data of the documentation, provided as a context below its layout.
#[derive(Clone, Copy)]
pub struct Docs {
    pub reference: Remote<Reference>,
    pub guides: Remote<Arc<Vec<Guide>>>,
}

impl Docs {
    /// Starts fetching and provides the context.
    pub fn provide() -> Self {
        let docs = Self {
            reference: Remote::follow(|| 0, fetch_reference),
            guides: Remote::follow(|| 0, async || Ok(Arc::new(api::docs::get_guides().await?))),
        };
        provide_context(docs);
        docs
    }

    pub fn expect() -> Self {
        expect_context()
    }

    /// Returns the OpenAPI documents (tracked); empty until they are loaded.
    pub fn documents(self) -> Vec<Arc<Document>> {
        let reference = self.reference.data();
        reference.map_or_else(Vec::new, |reference| reference.documents().into())
    }
}

async fn fetch_reference() -> Result<Reference, ApiError> {
    let (published, management) = futures_util::future::try_join(
        api::docs::get_document(),
        api::docs::get_management_document(),
    )
    .await?;
    let read = |content| {
        let document = Document::read(content).map_err(|_| ApiError::Unexpected {
            status: 200,
            request_id: None,
        });
        document.map(Arc::new)
    };
    Ok(Reference {
        document: read(published.content)?,
        management: read(management.content)?,
        management_hash: management.hash,
        hash: published.hash,
        changed: published.changed,
    })
}
