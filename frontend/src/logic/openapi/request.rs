//! A request to an operation, built from what is filled in. Samples print it, and
//! Try It Out sends it.

use super::{
    document::Document,
    example::as_text,
    flat::flat,
    operation::{Authentication, Operation, Parameter, Place},
    validate::faults,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A request that is ready to be sent, but for the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// HTTP method, in capitals.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// Headers without the key's.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<String>,
    /// Whether `Authorization: Bearer <key>` belongs to it.
    pub needs_key: bool,
}

/// What is filled in for a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    values: BTreeMap<(Place, String), String>,
    /// The form of the body; empty for none.
    pub content_type: String,
    /// The text of the body.
    pub body: String,
}

/// What is wrong with a field of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftFault {
    /// Where the field is.
    pub place: Place,
    /// Its name.
    pub name: String,
    /// What is wrong, in a sentence.
    pub message: String,
}

impl Draft {
    /// A draft as the document's examples fill it in: what is required, and nothing
    /// else.
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

    /// What is filled in; empty if nothing is.
    pub fn value(&self, place: Place, name: &str) -> &str {
        let value = self.values.get(&(place, name.to_owned()));
        value.map_or("", String::as_str)
    }

    /// Fills a field in.
    pub fn set(&mut self, place: Place, name: &str, value: &str) {
        self.values
            .insert((place, name.to_owned()), value.to_owned());
    }
}

/// The request that a draft describes, to the server with this address. Fields that
/// are empty and not required are left out.
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
            // A page cannot send cookies of its own.
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
    let query = match query.is_empty() {
        true => String::new(),
        false => format!("?{}", query.join("&")),
    };
    Ok(HttpRequest {
        method: operation.method.clone(),
        url: format!("{server}{path}{query}"),
        headers,
        body,
        needs_key: operation.authentication != Authentication::None,
    })
}

/// What is wrong with the text of a parameter.
fn fault(document: &Document, parameter: &Parameter, text: &str) -> Option<String> {
    if text.is_empty() {
        let message = "This field is required.".to_owned();
        return parameter.required.then_some(message);
    }
    match parameter.place {
        // Browsers and servers take these for the folder itself and the one above it.
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

/// What a text stands for where the schema is not one of a text.
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

/// The elements of a list that is written with commas.
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
    match parameter.explode {
        true => {
            let pairs = values.iter().map(|value| format!("{name}={value}"));
            pairs.collect()
        }
        false => vec![format!("{name}={}", values.join(","))],
    }
}

/// Every byte that has a meaning in addresses, or might have, as `%2F`.
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

impl Parameter {
    /// The example as it is filled in.
    pub fn example_text(&self) -> Option<String> {
        self.example.as_ref().map(as_text)
    }
}
