//! Builds a request from form input. Code samples print it, Try It Out sends it.

use crate::docs::openapi::{
    document::Document,
    flat::flat,
    operation::{Authentication, Operation, Parameter, Place},
    validate::faults,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A complete request, except for the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// HTTP method, in upper case.
    pub method: String,
    /// Server, path and query; the server may be empty.
    pub url: String,
    /// Headers, without `Authorization`.
    pub headers: Vec<(String, String)>,
    pub body: Option<String>,
    /// True if `Authorization: Bearer <key>` must be added.
    pub needs_key: bool,
}

/// Form input for a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    values: BTreeMap<(Place, String), String>,
    /// Content type of the body; empty for no body.
    pub content_type: String,
    pub body: String,
}

/// An invalid field of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftFault {
    pub place: Place,
    pub name: String,
    /// Explanation for the user, in one sentence.
    pub message: String,
}

impl Draft {
    /// Creates a draft from the document's examples. Optional parameters stay empty.
    pub fn example(document: &Document, operation: &Operation) -> Self {
        let mut draft = Self::default();
        let required = operation.parameters.iter().filter(|it| it.required);
        for parameter in required {
            let example = document.parameter_example(parameter);
            draft.set(parameter.place, &parameter.name, &example);
        }
        let media = operation.json_body();
        let media = media.or_else(|| operation.body.as_ref()?.media.first());
        if let Some(media) = media {
            draft.content_type.clone_from(&media.content_type);
            let example = document.media_example(media);
            draft.body = match (media.is_json(), example) {
                (false, Value::String(text)) => text,
                (_, example) => format!("{example:#}"),
            };
        }
        draft
    }

    /// Returns the input of a field, or an empty string.
    pub fn value(&self, place: Place, name: &str) -> &str {
        let value = self.values.get(&(place, name.to_owned()));
        value.map_or("", String::as_str)
    }

    /// Returns true if the required JSON body is missing.
    pub fn lacks_body(&self, operation: &Operation) -> bool {
        let is_required = operation.body.as_ref().is_some_and(|body| body.required);
        is_required && operation.json_body().is_some() && self.body.trim().is_empty()
    }

    /// Sets the input of a field.
    pub fn set(&mut self, place: Place, name: &str, value: &str) {
        self.values
            .insert((place, name.to_owned()), value.to_owned());
    }
}

/// Builds the request to `server`. Empty optional fields are left out. Returns all invalid fields
/// as the error.
pub fn build(
    document: &Document,
    server: &str,
    operation: &Operation,
    draft: &Draft,
) -> Result<HttpRequest, Vec<DraftFault>> {
    let mut faults = Vec::new();
    let mut path = operation.path.clone();
    let mut query: Vec<String> = Vec::new();
    let mut headers = Vec::new();
    for parameter in &operation.parameters {
        let text = draft.value(parameter.place, &parameter.name);
        if let Some(message) = fault(document, parameter, text) {
            faults.push(DraftFault {
                place: parameter.place,
                name: parameter.name.clone(),
                message,
            });
            continue;
        }
        if text.is_empty() {
            continue;
        }
        match parameter.place {
            Place::Path => {
                let gap = format!("{{{}}}", parameter.name);
                path = path.replace(&gap, &encoded(text));
            }
            Place::Query => query.extend(pairs(document, parameter, text)),
            Place::Header => headers.push((parameter.name.clone(), text.to_owned())),
            // Pages can't set cookies for a request.
            Place::Cookie => {}
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let body = (!draft.content_type.is_empty() && !draft.body.is_empty()).then(|| {
        headers.insert(0, ("Content-Type".to_owned(), draft.content_type.clone()));
        draft.body.clone()
    });
    let query = if query.is_empty() {
        String::new()
    } else {
        format!("?{}", query.join("&"))
    };
    Ok(HttpRequest {
        method: operation.method.clone(),
        url: format!("{server}{path}{query}"),
        headers,
        body,
        needs_key: operation.authentication != Authentication::None,
    })
}

/// Validates the text of a parameter.
fn fault(document: &Document, parameter: &Parameter, text: &str) -> Option<String> {
    if text.is_empty() {
        let message = "This field is required.".to_owned();
        return parameter.required.then_some(message);
    }
    match parameter.place {
        // Browsers and servers resolve these as path segments.
        Place::Path if text == "." || text == ".." => {
            return Some("A part of a path cannot be only dots.".to_owned());
        }
        Place::Header if !text.chars().all(|c| c == ' ' || c.is_ascii_graphic()) => {
            return Some("Headers take visible ASCII characters only.".to_owned());
        }
        Place::Header if text.trim() != text => {
            return Some("Remove the blanks at the beginning or the end.".to_owned());
        }
        _ => {}
    }
    let root = &document.root;
    let value = typed(root, &parameter.schema.0, text);
    let first = faults(root, &parameter.schema.0, &value).into_iter().next();
    first.map(|(_, message)| message)
}

/// Converts the text of a parameter to the type that the schema expects.
fn typed(root: &Value, schema: &Value, text: &str) -> Value {
    let level = flat(root, schema);
    if level.is_list() {
        let elements = elements(text);
        let items = level.items.unwrap_or(&Value::Null);
        return elements
            .map(|element| typed(root, items, element))
            .collect();
    }
    let is = |name: &str| level.types.contains(&name);
    if is("string") || level.types.is_empty() {
        return json!(text);
    }
    match serde_json::from_str(text) {
        Ok(value @ (Value::Number(_) | Value::Bool(_) | Value::Object(_))) => value,
        _ => json!(text),
    }
}

/// Splits a comma-separated array.
fn elements(text: &str) -> impl Iterator<Item = &str> {
    let elements = text.split(',').map(str::trim);
    elements.filter(|element| !element.is_empty())
}

fn pairs(document: &Document, parameter: &Parameter, text: &str) -> Vec<String> {
    let name = encoded(&parameter.name);
    let level = flat(&document.root, &parameter.schema.0);
    if !level.is_list() {
        return vec![format!("{name}={}", encoded(text))];
    }
    let values: Vec<_> = elements(text).map(encoded).collect();
    if parameter.explode {
        let pairs = values.iter().map(|value| format!("{name}={value}"));
        pairs.collect()
    } else {
        vec![format!("{name}={}", values.join(","))]
    }
}

/// Percent-encodes everything except unreserved characters (RFC 3986, section 2.3).
fn encoded(text: &str) -> String {
    use std::fmt::Write;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").ok();
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::openapi::test_documents::{ours, petstore, warehouse};

    const SERVER: &str = "https://mail.example";

    fn built(
        document: &Document,
        slug: &str,
        fields: &[(Place, &str, &str)],
    ) -> Result<HttpRequest, Vec<(String, String)>> {
        let operation = document.operation(slug).unwrap();
        let mut draft = Draft::default();
        for (place, name, value) in fields {
            draft.set(*place, name, value);
        }
        let faults = |faults: Vec<DraftFault>| {
            let faults = faults.into_iter();
            faults.map(|fault| (fault.name, fault.message)).collect()
        };
        build(document, SERVER, operation, &draft).map_err(faults)
    }

    #[test]
    fn the_examples_of_ours_make_complete_requests() {
        let document = ours();
        for operation in &document.operations {
            let draft = Draft::example(&document, operation);
            let request = build(&document, SERVER, operation, &draft).unwrap();
            assert!(!request.url.contains(['{', '}', '?']), "{}", request.url);
            assert!(request.needs_key);
            assert_eq!(request.body.is_some(), operation.body.is_some());
        }
        let operation = document.operation("get-contact").unwrap();
        let draft = Draft::example(&document, operation);
        let request = build(&document, SERVER, operation, &draft).unwrap();
        assert_eq!(
            request.url,
            "https://mail.example/v1/contacts/con_8sJd2kLm4nPq6rSt"
        );
        assert_eq!(request.headers, []);
    }

    #[test]
    fn values_stay_inside_their_place() {
        let document = ours();
        let id = [(Place::Path, "id", "a/../b?c#d%2e é")];
        let request = built(&document, "get-template", &id).unwrap();
        assert_eq!(
            request.url,
            "https://mail.example/v1/templates/a%2F..%2Fb%3Fc%23d%252e%20%C3%A9"
        );
        let query = [
            (Place::Query, "search", "a&b=c+d"),
            (Place::Query, "limit", "5"),
        ];
        let request = built(&document, "list-contacts", &query).unwrap();
        assert_eq!(
            request.url,
            "https://mail.example/v1/contacts?search=a%26b%3Dc%2Bd&limit=5"
        );
        let dots = built(&document, "get-template", &[(Place::Path, "id", "..")]);
        assert_eq!(
            dots.unwrap_err()[0].1,
            "A part of a path cannot be only dots."
        );
    }

    #[test]
    fn faults_name_their_field() {
        let document = ours();
        let missing = built(&document, "get-contact", &[]).unwrap_err();
        assert_eq!(
            missing,
            [("id".to_owned(), "This field is required.".to_owned())]
        );
        let wrong = [
            (Place::Query, "limit", "101"),
            (Place::Query, "status", "gone"),
        ];
        let faults = built(&document, "list-contacts", &wrong).unwrap_err();
        assert_eq!(faults[0].0, "status");
        assert!(
            faults[0].1.starts_with("Use one of \"active\""),
            "{faults:?}"
        );
        assert_eq!(
            faults[1],
            ("limit".to_owned(), "Use at most 100.".to_owned())
        );
        let number = [(Place::Query, "limit", "many")];
        let faults = built(&document, "list-contacts", &number).unwrap_err();
        assert_eq!(faults[0].1, "This must be a whole number, not a string.");
        for header in ["a\r\nX: b", "ä", " a"] {
            let header = [(Place::Header, "Idempotency-Key", header)];
            assert!(built(&document, "send-email", &header).is_err());
        }
    }

    #[test]
    fn lists_are_written_as_the_document_wants_them() {
        let document = petstore();
        let lists = [
            (Place::Query, "tag", "old, small"),
            (Place::Query, "ids", "1,2"),
        ];
        let request = built(&document, "list-pets", &lists).unwrap();
        assert_eq!(
            request.url,
            "https://mail.example/pets?tag=old&tag=small&ids=1,2"
        );
        assert!(!request.needs_key);
        let wrong = built(&document, "list-pets", &[(Place::Query, "ids", "1,x")]);
        assert_eq!(wrong.unwrap_err()[0].0, "ids");
    }

    #[test]
    fn required_bodies_are_missed() {
        let document = ours();
        let send = document.operation("send-email").unwrap();
        let mut draft = Draft::example(&document, send);
        assert!(!draft.lacks_body(send));
        draft.body = " \n".to_owned();
        assert!(draft.lacks_body(send));
        let get = document.operation("get-contact").unwrap();
        assert!(!draft.lacks_body(get));
    }

    #[test]
    fn bodies_bring_their_type() {
        let document = warehouse();
        let operation = document.operation("put-v2-shelves-shelf-boxes").unwrap();
        let draft = Draft::example(&document, operation);
        let request = build(&document, SERVER, operation, &draft).unwrap();
        assert_eq!(
            request.url,
            "https://mail.example/v2/shelves/A%201%2F2/boxes"
        );
        let content_type = ("Content-Type".to_owned(), "application/json".to_owned());
        assert_eq!(request.headers, [content_type]);
        let without = Draft {
            body: String::new(),
            ..draft
        };
        let request = build(&document, SERVER, operation, &without).unwrap();
        assert_eq!((request.headers, request.body), (Vec::new(), None));
    }
}
