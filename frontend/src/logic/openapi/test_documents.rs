//! The documents that the tests of this folder read: ours, and two of other shapes.

use super::Document;

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
