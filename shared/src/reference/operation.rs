//! Operations of the API: route, requirements, parameters, body and responses.

use super::schema::{Field, Schema, is_default};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An OpenAPI document, as listed by the documentation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentSummary {
    /// Version of the API.
    pub version: String,
    /// First 16 hexadecimal digits of the document's SHA-256.
    pub hash: String,
    /// Operations, sorted by group.
    pub operations: Vec<OperationSummary>,
    /// Name and description of each group that has operations.
    pub groups: Vec<(String, String)>,
}

/// An operation, as listed by the documentation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationSummary {
    /// The `operationId`.
    pub id: String,
    /// HTTP method in upper case.
    pub method: String,
    /// Route template, with parameters like `{id}`.
    pub path: String,
    /// Group in the sidebar: a tag of the OpenAPI document.
    pub group: String,
    /// A few words, used as the title.
    pub summary: String,
}

/// An operation with everything that its page describes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// Name, route and group.
    #[serde(flatten)]
    pub listed: OperationSummary,
    /// Base URL of the API, without a slash at the end.
    pub server: String,
    /// Explanation in paragraphs; may be empty.
    pub description: String,
    /// `true` if new code should not call it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub deprecated: bool,
    /// Credentials that a call needs.
    pub authentication: Authentication,
    /// Scopes that the key needs.
    pub scopes: RequiredScopes,
    /// Limit on the rate of calls; `None` if there is none.
    pub rate_limit: Option<RateLimit>,
    /// Parameters, sorted by location.
    pub parameters: Vec<Parameter>,
    /// Body of the request.
    pub body: Option<Body>,
    /// Responses, sorted by status.
    pub responses: Vec<Response>,
}

/// Credentials that an operation needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authentication {
    /// An API key, sent as `Authorization: Bearer …`.
    Bearer,
    /// None.
    None,
}

/// Scopes that a key needs for an operation. Both lists are empty if every key is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RequiredScopes {
    /// All of these are required.
    pub all_of: Vec<String>,
    /// One of these is required.
    pub any_of: Vec<String>,
}

impl RequiredScopes {
    /// Returns all scopes that are mentioned.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all_of.iter().chain(&self.any_of).map(String::as_str)
    }

    /// Returns the fewest scopes that are enough.
    pub fn fewest(&self) -> impl Iterator<Item = &str> {
        let one_of = self.any_of.first();
        self.all_of.iter().chain(one_of).map(String::as_str)
    }
}

/// Maximum rate of calls to an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateLimit {
    /// Only the limit of the plan, which all requests share.
    Plan,
    /// Calls per minute, within the limit of the plan.
    PerMinute(u64),
}

/// Location of a parameter, sorted as on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterLocation {
    /// A segment of the path.
    Path,
    /// The query string.
    Query,
    /// A header.
    Header,
}

impl ParameterLocation {
    /// Returns the anchor of these parameters on the operation's page.
    pub const fn anchor(self) -> &'static str {
        match self {
            Self::Path => "path-parameters",
            Self::Query => "query-parameters",
            Self::Header => "header-parameters",
        }
    }
}

/// A parameter in the path, the query or a header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Part of the request that has the parameter.
    pub location: ParameterLocation,
    /// Name, requirement and schema.
    #[serde(flatten)]
    pub field: Field,
    /// Example value, as written into a URL or header.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub example: String,
}

/// Body of a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Body {
    /// `true` if the body must not be left out.
    pub required: bool,
    /// Media type, schema and examples.
    #[serde(flatten)]
    pub media: Media,
}

/// A body of one media type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Media {
    /// Media type, such as `application/json`.
    pub content_type: String,
    /// Schema of the body.
    pub schema: Schema,
    /// Examples, at least one.
    pub examples: Vec<Example>,
}

/// An example of a body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// Name in the OpenAPI document; empty for a single example.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Title; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// The body: JSON, or a string for other media types.
    pub value: Value,
}

impl Example {
    /// Returns the body as text, with JSON indented.
    pub fn text(&self) -> String {
        match &self.value {
            Value::String(text) => text.clone(),
            value => format!("{value:#}"),
        }
    }
}

/// A response to an operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// HTTP status code.
    pub status: u16,
    /// Explains when the response is sent.
    pub description: String,
    /// Headers of the response.
    pub headers: Vec<Header>,
    /// Body; `None` for a response without one.
    pub body: Option<Media>,
}

/// A header of a response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Name of the header.
    pub name: String,
    /// Meaning of its value.
    pub description: String,
}

impl Operation {
    /// Returns the parameters at a location.
    pub fn parameters_in(&self, location: ParameterLocation) -> impl Iterator<Item = &Parameter> {
        let parameters = self.parameters.iter();
        parameters.filter(move |parameter| parameter.location == location)
    }
}

impl Response {
    /// Returns `true` for 2xx statuses.
    pub const fn is_success(&self) -> bool {
        self.status / 100 == 2
    }
}
