//! A parser for OpenAPI 3.0 and 3.1 documents, as far as the documentation needs it. It knows
//! nothing about our API: only the `x-` members are ours, and they are optional.
//!
//! A [`Document`] holds operations, whose schemas keep their references. [`Document::fields`],
//! [`Document::example`] and [`Document::check`] resolve them on demand, so they must handle
//! cycles.

mod check;
mod document;
mod example;
mod fields;
mod flat;
mod operation;
mod position;
mod request;
mod status;
#[cfg(test)]
mod test_documents;
mod validate;

pub use check::Fault;
pub use document::{Document, Group};
pub use fields::{Field, Required};
pub use operation::{
    Authentication, BODY_ANCHOR, Example, Media, Operation, Parameter, Place, RateLimit, Response,
    Scopes,
};
pub use position::parse;
pub use request::{Draft, DraftFault, HttpRequest, build};
pub use status::reason;
