//! Endpoints: the operations of `shared::operation` with their handlers and documentation. The
//! router and the OpenAPI documents are generated from [`ENDPOINTS`].

pub use backend_macros::endpoint;

use actix_web::Route;
use shared::{
    error::ErrorCode,
    operation::{Operation, Row},
};
use utoipa::{
    __dev::{SchemaReferences, Tags},
    openapi::{RefOr, schema::Schema},
};

/// An operation with a handler. Implemented by [`macro@endpoint`].
pub trait Endpoint: Row {
    /// Adds the handler to a route.
    fn route(route: Route) -> Route;

    /// Returns the documentation; `None` if the operation is in neither OpenAPI document.
    fn docs() -> Option<EndpointDocs> {
        None
    }
}

/// An [`Endpoint`] as a value.
pub struct RegisteredEndpoint {
    pub operation: &'static Operation,
    pub route: fn(Route) -> Route,
    pub docs: fn() -> Option<EndpointDocs>,
}

macro_rules! register {
    ($($row:ident)*) => {
        /// The endpoints of all operations, in the order of the route table.
        pub const ENDPOINTS: &[RegisteredEndpoint] = &[$(
            RegisteredEndpoint {
                operation: shared::operation::$row::OPERATION,
                route: <shared::operation::$row as Endpoint>::route,
                docs: <shared::operation::$row as Endpoint>::docs,
            },
        )*];
    };
}

shared::for_each_operation!(register);

/// The documentation of an endpoint.
pub struct EndpointDocs {
    pub operation: utoipa::openapi::path::Operation,
    /// Schemas that the operation refers to, by name.
    pub schemas: Vec<(String, RefOr<Schema>)>,
    /// Errors that are specific to this operation.
    pub errors: &'static [EndpointError],
    /// Examples of errors that all operations of its kind have.
    pub examples: &'static [EndpointError],
    /// Constraints on the fields of the request body.
    pub bounds: &'static [(&'static str, Bound)],
    /// `true` if successful responses have an `ETag`.
    pub has_etag: bool,
    /// What a repeated request does; `None` for operations that only read.
    pub retry: Option<Retry>,
}

/// What happens if a client repeats a request, for instance because the response was lost.
#[derive(Debug, Clone, Copy)]
pub enum Retry {
    /// Nothing more than at the first time, and the response is a success too.
    SameEffect,
    /// Nothing more than at the first time, and the response is this error.
    Refused(ErrorCode),
    /// Nothing, if both requests have the same `Idempotency-Key`.
    IdempotencyKey,
    /// The same effect once more.
    Repeats,
}

impl EndpointDocs {
    /// Reads the documentation that utoipa has generated as `P`.
    pub fn new<P: utoipa::Path + SchemaReferences + Tags<'static>>(
        errors: &'static [EndpointError],
        examples: &'static [EndpointError],
        bounds: &'static [(&'static str, Bound)],
        has_etag: bool,
        retry: Option<Retry>,
    ) -> Self {
        let mut operation = P::operation();
        operation.tags = Some(P::tags().into_iter().map(str::to_owned).collect());
        let mut schemas = Vec::new();
        P::schemas(&mut schemas);
        Self {
            operation,
            schemas,
            errors,
            examples,
            bounds,
            has_etag,
            retry,
        }
    }
}

/// An error of an endpoint, with an example.
#[derive(Debug, Clone, Copy)]
pub struct EndpointError {
    pub code: ErrorCode,
    /// Field and message of the example, if the error concerns a field.
    pub field: Option<(&'static str, &'static str)>,
}

impl EndpointError {
    pub const fn new(code: ErrorCode) -> Self {
        Self { code, field: None }
    }

    pub const fn of_field(code: ErrorCode, field: &'static str, message: &'static str) -> Self {
        Self {
            code,
            field: Some((field, message)),
        }
    }
}

/// Messages of the examples.
pub mod message {
    pub const NOT_AN_EMAIL_ADDRESS: &str =
        "This is not an email address. Use the form name@example.com.";
    pub const REQUIRED_WITHOUT_TEMPLATE: &str = "This field is required without a template_id.";
    pub const EMPTY: &str = "This field must not be empty.";
    pub const UNKNOWN_NAME: &str =
        "There is no such field here. Remove it or correct its spelling.";
}

/// A constraint on a field of a request body. Schema attributes accept only literals; these use the
/// constants of the validation.
#[derive(Debug, Clone, Copy)]
pub enum Bound {
    /// A string with a minimum and maximum length in characters.
    Text(usize, usize),
    /// An email address.
    Address,
    /// An array with a maximum number of strings, each non-empty and with a maximum length.
    Texts(usize, usize),
    /// An array with at least one element.
    AtLeastOne,
    /// A number between a minimum and a maximum.
    Number(u32, u32),
    /// One of these strings, or null.
    OneOf(&'static [&'static str]),
    /// A template: the fields that it replaces, and those of them that are required without it.
    Replaces {
        fields: &'static [&'static str],
        required: &'static [&'static str],
    },
}
