//! Builds a request from form input. Code samples print it, Try It Out sends it.

use super::{
    operation::{Authentication, Operation, Parameter, ParameterLocation},
    schema::{Schema, SchemaType},
    validate::validate,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Write};

/// A complete request, except for the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// HTTP method in upper case.
    pub method: String,
    /// Server, path and query; the server may be empty.
    pub url: String,
    /// Headers, without `Authorization`.
    pub headers: Vec<(String, String)>,
    /// Text of the body; `None` for a request without one.
    pub body: Option<String>,
    /// `true` if `Authorization: Bearer <key>` must be added.
    pub needs_key: bool,
}

/// Form input for a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    values: BTreeMap<(ParameterLocation, String), String>,
    /// Text of the body; empty for no body.
    pub body: String,
}

/// A parameter that its schema does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidParameter {
    /// Part of the request that has the parameter.
    pub location: ParameterLocation,
    /// Name of the parameter.
    pub name: String,
    /// Advice on what to change, in one sentence.
    pub message: String,
}

impl Draft {
    /// Creates a draft from the examples of the reference. Optional parameters stay empty.
    pub fn example(operation: &Operation) -> Self {
        let mut draft = Self::default();
        for parameter in &operation.parameters {
            if parameter.is_required() {
                draft.set(
                    parameter.location,
                    &parameter.field.name,
                    &parameter.example,
                );
            }
        }
        if let Some(example) = operation
            .body
            .as_ref()
            .and_then(|body| body.media.examples.first())
        {
            draft.body = example.text();
        }
        draft
    }

    /// Returns the input of a field, or an empty string.
    pub fn value(&self, location: ParameterLocation, name: &str) -> &str {
        let value = self.values.get(&(location, name.to_owned()));
        value.map_or("", String::as_str)
    }

    /// Sets the input of a field.
    pub fn set(&mut self, location: ParameterLocation, name: &str, value: &str) {
        self.values
            .insert((location, name.to_owned()), value.to_owned());
    }

    /// Returns `true` if the required body is missing.
    pub fn lacks_body(&self, operation: &Operation) -> bool {
        let is_required = operation.body.as_ref().is_some_and(|body| body.required);
        is_required && self.body.trim().is_empty()
    }
}

impl Parameter {
    fn is_required(&self) -> bool {
        self.field.required == super::Required::Yes
    }
}

/// Builds the request to `server`. Empty optional fields are left out.
///
/// # Errors
/// All parameters that are missing or not allowed.
pub fn build(
    server: &str,
    operation: &Operation,
    draft: &Draft,
) -> Result<HttpRequest, Vec<InvalidParameter>> {
    let mut invalid = Vec::new();
    let mut path = operation.listed.path.clone();
    let mut query: Vec<String> = Vec::new();
    let mut headers = Vec::new();
    for parameter in &operation.parameters {
        let name = &parameter.field.name;
        let text = draft.value(parameter.location, name);
        if let Err(message) = check(parameter, text) {
            invalid.push(InvalidParameter {
                location: parameter.location,
                name: name.clone(),
                message,
            });
            continue;
        }
        if text.is_empty() {
            continue;
        }
        match parameter.location {
            ParameterLocation::Path => {
                path = path.replace(&format!("{{{name}}}"), &percent_encoded(text));
            }
            ParameterLocation::Query => {
                query.push(format!(
                    "{}={}",
                    percent_encoded(name),
                    percent_encoded(text)
                ));
            }
            ParameterLocation::Header => headers.push((name.clone(), text.to_owned())),
        }
    }
    if !invalid.is_empty() {
        return Err(invalid);
    }
    let body = operation.body.as_ref().filter(|_| !draft.body.is_empty());
    let body = body.map(|body| {
        let content_type = body.media.content_type.clone();
        headers.insert(0, ("Content-Type".to_owned(), content_type));
        draft.body.clone()
    });
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    Ok(HttpRequest {
        method: operation.listed.method.clone(),
        url: format!("{server}{path}"),
        headers,
        body,
        needs_key: operation.authentication != Authentication::None,
    })
}

/// Validates the text of a parameter. The error is a message for the user.
fn check(parameter: &Parameter, text: &str) -> Result<(), String> {
    if text.is_empty() {
        let message = "This field is required.".to_owned();
        return if parameter.is_required() {
            Err(message)
        } else {
            Ok(())
        };
    }
    match parameter.location {
        // Browsers and servers resolve these as path segments.
        ParameterLocation::Path if text == "." || text == ".." => {
            return Err("A part of a path cannot be only dots.".to_owned());
        }
        ParameterLocation::Header if !text.chars().all(|c| c == ' ' || c.is_ascii_graphic()) => {
            return Err("Headers take visible ASCII characters only.".to_owned());
        }
        ParameterLocation::Header if text.trim() != text => {
            return Err("Remove the blanks at the beginning or the end.".to_owned());
        }
        _ => {}
    }
    let schema = &parameter.field.schema;
    let violations = validate(schema, &typed(schema, text));
    match violations.into_iter().next() {
        Some(violation) => Err(violation.message),
        None => Ok(()),
    }
}

/// Converts the text of a parameter to the type that its schema expects.
fn typed(schema: &Schema, text: &str) -> Value {
    match schema.kind {
        Some(SchemaType::Integer | SchemaType::Number | SchemaType::Boolean) => {
            serde_json::from_str(text).unwrap_or_else(|_| json!(text))
        }
        _ => json!(text),
    }
}

/// Percent-encodes everything except unreserved characters (RFC 3986, section 2.3).
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            write!(encoded, "%{byte:02X}").ok();
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: &str = "https://mail.example";
    const PATH: ParameterLocation = ParameterLocation::Path;
    const QUERY: ParameterLocation = ParameterLocation::Query;
    const HEADER: ParameterLocation = ParameterLocation::Header;

    fn operation() -> Operation {
        serde_json::from_value(json!({
            "id": "update_thing", "method": "PUT", "path": "/v1/things/{id}", "group": "Things",
            "summary": "Update a thing", "server": SERVER, "description": "",
            "authentication": "bearer", "scopes": { "all_of": [], "any_of": [] },
            "rate_limit": null,
            "parameters": [
                { "location": "path", "name": "id", "required": "yes", "schema": {}, "example": "t 1" },
                { "location": "query", "name": "q", "required": "no", "schema": { "type": "string" } },
                { "location": "query", "name": "limit", "required": "no", "example": "5",
                    "schema": { "type": "integer", "range": { "min": 1, "max": 100 } } },
                { "location": "header", "name": "Idempotency-Key", "required": "no", "schema": {} },
            ],
            "body": { "required": true, "content_type": "application/json", "schema": {},
                "examples": [{ "value": { "a": 1 } }] },
            "responses": [],
        }))
        .unwrap()
    }

    fn built(fields: &[(ParameterLocation, &str, &str)]) -> Result<HttpRequest, Vec<String>> {
        let mut draft = Draft::default();
        for (location, name, value) in fields {
            draft.set(*location, name, value);
        }
        let texts = |invalid: Vec<InvalidParameter>| {
            let texts = invalid.into_iter();
            texts
                .map(|it| format!("{}: {}", it.name, it.message))
                .collect()
        };
        build(SERVER, &operation(), &draft).map_err(texts)
    }

    #[test]
    fn the_example_is_a_complete_request() {
        let draft = Draft::example(&operation());
        let request = build(SERVER, &operation(), &draft).unwrap();
        assert_eq!(request.method, "PUT");
        assert_eq!(request.url, "https://mail.example/v1/things/t%201");
        let content_type = ("Content-Type".to_owned(), "application/json".to_owned());
        assert_eq!(request.headers, [content_type]);
        assert_eq!(request.body.unwrap(), "{\n  \"a\": 1\n}");
        assert!(request.needs_key);
    }

    #[test]
    fn values_stay_inside_their_place() {
        let request = built(&[
            (PATH, "id", "a/../b?c#d%2e é"),
            (QUERY, "q", "a&b=c+d"),
            (QUERY, "limit", "5"),
        ]);
        assert_eq!(
            request.unwrap().url,
            "https://mail.example/v1/things/a%2F..%2Fb%3Fc%23d%252e%20%C3%A9?q=a%26b%3Dc%2Bd&limit=5"
        );
        let dots = built(&[(PATH, "id", "..")]).unwrap_err();
        assert_eq!(dots, ["id: A part of a path cannot be only dots."]);
    }

    #[test]
    fn invalid_parameters_are_all_reported() {
        let invalid = built(&[(QUERY, "limit", "101")]).unwrap_err();
        assert_eq!(
            invalid,
            ["id: This field is required.", "limit: Use at most 100."]
        );
        let invalid = built(&[(PATH, "id", "x"), (QUERY, "limit", "many")]).unwrap_err();
        assert_eq!(
            invalid,
            ["limit: This must be a whole number, not a string."]
        );
        for header in ["a\r\nX: b", "ä", " a"] {
            assert!(built(&[(PATH, "id", "x"), (HEADER, "Idempotency-Key", header)]).is_err());
        }
    }

    #[test]
    fn a_missing_required_body_is_noticed() {
        let mut draft = Draft::example(&operation());
        assert!(!draft.lacks_body(&operation()));
        draft.body = " \n".to_owned();
        assert!(draft.lacks_body(&operation()));
        draft.body = String::new();
        let request = build(SERVER, &operation(), &draft).unwrap();
        assert_eq!((request.headers, request.body), (Vec::new(), None));
    }
}
