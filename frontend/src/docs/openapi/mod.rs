//! An OpenAPI document as the documentation page needs it. Written for any document
//! of the versions 3.0 and 3.1, ours being only one of them: nothing here knows our
//! paths. Only the `x-` members are our own, and may be absent.
//!
//! A [`Document`] holds its operations, whose schemas keep their references; what is
//! asked of a schema ([`Document::fields`], [`Document::example`], [`Document::check`])
//! looks them up then, and so may meet references that lead in a circle.

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
