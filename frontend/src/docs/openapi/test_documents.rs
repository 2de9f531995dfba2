//! Test documents: our own, and two that use other features of OpenAPI.

use crate::docs::openapi::{Document, Group, Operation, Response};

fn read(text: &str) -> Document {
    let root = serde_json::from_str(text).unwrap();
    Document::read(root).unwrap()
}

/// The committed document of our API.
pub fn ours() -> Document {
    read(include_str!("../../../../docs/openapi.json"))
}

/// OpenAPI 3.0: `nullable`, a discriminator, cycles, references everywhere.
pub fn petstore() -> Document {
    read(include_str!("fixtures/petstore.json"))
}

/// OpenAPI 3.1: no operation ids, no tags, parameters at the path, inline schemas.
pub fn warehouse() -> Document {
    read(include_str!("fixtures/warehouse.json"))
}

impl Document {
    /// Finds an operation by its slug.
    pub fn operation(&self, slug: &str) -> Option<&Operation> {
        let mut operations = self.operations.iter();
        operations.find(|operation| operation.slug == slug)
    }

    /// Returns the operations of a group.
    pub fn operations_of<'a>(&'a self, group: &'a Group) -> impl Iterator<Item = &'a Operation> {
        let operations = self.operations.iter();
        operations.filter(|operation| operation.group == group.name)
    }
}

impl Operation {
    /// Returns the first successful response.
    pub fn success(&self) -> Option<&Response> {
        let mut responses = self.responses.iter();
        responses.find(|response| response.is_success())
    }
}
