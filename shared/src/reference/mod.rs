//! The API reference, resolved from the OpenAPI documents by the server: operations, fields with
//! their constraints, and examples. The documentation's pages and Try It Out are made from it.

mod operation;
mod request;
mod schema;
mod validate;

pub use operation::{
    Authentication, Body, DocumentSummary, Example, Header, Media, Operation, OperationSummary,
    Parameter, ParameterLocation, RateLimit, RequiredScopes, Response,
};
pub use request::{Draft, HttpRequest, InvalidParameter, build};
pub use schema::{Bound, Condition, Field, Required, Schema, SchemaType};
pub use validate::{Violation, validate};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Anchor of the body's fields on an operation's page.
pub const BODY_ANCHOR: &str = "body";

/// What the documentation's navigation and front page list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocsIndex {
    /// Date of the API's last change.
    pub changed: Option<NaiveDate>,
    /// The public API, then the management API.
    pub documents: Vec<DocumentSummary>,
}

/// A page of the documentation, rendered to HTML by the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// Title of the page.
    pub title: String,
    /// Content of the `<article>` element. The server's own markup, safe to insert.
    pub html: String,
}

/// Kind of a search result, in the order of display.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchKind {
    /// A guide.
    Guide,
    /// An operation.
    Operation,
    /// A section of a guide.
    Section,
    /// An error code.
    Error,
    /// A field or parameter of an operation.
    Field,
}

/// An entry of the documentation's search index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchItem {
    /// Kind of the entry's target.
    pub kind: SearchKind,
    /// Name of the page, section, error or field.
    pub title: String,
    /// Parent page, route, summary or description, shown beside the title.
    pub context: String,
    /// Remaining text of the page. Only searched if title and context don't match.
    pub text: String,
    /// URL path, with an anchor if the entry is a part of a page.
    pub path: String,
}
