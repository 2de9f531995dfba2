//! The documents that the tests of this folder read: ours, and two of other shapes.

use crate::docs::openapi::{Document, Group, Operation, Response};

fn read(text: &str) -> Document {
    let root = serde_json::from_str(text).unwrap();
    Document::read(root).unwrap()
}

/// Ours, as it is committed.
pub fn ours() -> Document {
    read(include_str!("../../../../docs/openapi.json"))
}

/// Version 3.0: `nullable`, a discriminator, circles, references everywhere.
pub fn petstore() -> Document {
    read(include_str!("fixtures/petstore.json"))
}

/// Version 3.1: no names, no tags, parameters at the path, everything in place.
pub fn warehouse() -> Document {
    read(include_str!("fixtures/warehouse.json"))
}

impl Document {
    /// The operation with this name for an address.
    pub fn operation(&self, slug: &str) -> Option<&Operation> {
        let mut operations = self.operations.iter();
        operations.find(|operation| operation.slug == slug)
    }

    /// The operations of a group.
    pub fn operations_of<'a>(&'a self, group: &'a Group) -> impl Iterator<Item = &'a Operation> {
        let operations = self.operations.iter();
        operations.filter(|operation| operation.group == group.name)
    }
}

impl Operation {
    /// The answer to a call that has worked.
    pub fn success(&self) -> Option<&Response> {
        let mut responses = self.responses.iter();
        responses.find(|response| response.is_success())
    }
}
