//! Generates example values from schemas, for bodies without an example.

use crate::docs::openapi::{
    document::Document,
    flat::{Flat, flat},
    operation::{Media, Parameter, Schema},
};
use serde_json::{Map, Value, json};

/// Maximum nesting depth of examples.
const DEEPEST: usize = 8;
/// Maximum length of generated arrays.
const MOST_ELEMENTS: u64 = 8;

impl Document {
    /// Returns a value that matches the schema: its own example if there is one, else a generated
    /// value.
    pub fn example(&self, schema: &Schema) -> Value {
        example(&self.root, &schema.0, &mut Vec::new())
    }

    /// Returns the first documented example of a body, or a generated one.
    pub fn media_example(&self, media: &Media) -> Value {
        let first = media.examples.first();
        first.map_or_else(
            || self.example(&media.schema),
            |example| example.value.clone(),
        )
    }

    /// Returns an example of a parameter, as written into a URL or header.
    pub fn parameter_example(&self, parameter: &Parameter) -> String {
        let own = parameter.example.clone();
        as_text(&own.unwrap_or_else(|| self.example(&parameter.schema)))
    }
}

/// Formats a value as plain text. Array elements are joined by commas.
pub(super) fn as_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(elements) => {
            let elements: Vec<_> = elements.iter().map(as_text).collect();
            elements.join(",")
        }
        other => other.to_string(),
    }
}

fn example<'a>(root: &'a Value, schema: &'a Value, above: &mut Vec<&'a str>) -> Value {
    let level = flat(root, schema);
    let given = level.example.or(level.default);
    let given = given.or_else(|| level.values.and_then(<[Value]>::first));
    if let Some(given) = given {
        return given.clone();
    }
    let is_circle = level.names.iter().any(|name| above.contains(name));
    if is_circle || above.len() > DEEPEST * 2 {
        return Value::Null;
    }
    let depth = above.len();
    above.extend(&level.names);
    above.push("");
    let value = made_up(root, &level, above);
    above.truncate(depth);
    value
}

fn made_up<'a>(root: &'a Value, level: &Flat<'a>, above: &mut Vec<&'a str>) -> Value {
    let alternatives = level.alternatives();
    if level.is_object() {
        let mut members = Map::new();
        for (name, schema) in &level.properties {
            let value = example(root, schema, above);
            // Recursive members are null; omit them unless they are required.
            if !value.is_null() || level.required.contains(name) {
                members.insert((*name).to_owned(), value);
            }
        }
        if let Some(form) = alternatives.first()
            && let Value::Object(form) = example(root, form, above)
        {
            members.extend(form);
        }
        return Value::Object(members);
    }
    if level.is_list() {
        let element = level.items.map(|items| example(root, items, above));
        let element = element.filter(|element| !element.is_null());
        let count = level.min_items.unwrap_or(1).clamp(1, MOST_ELEMENTS);
        let elements = element
            .into_iter()
            .flat_map(|it| vec![it; usize::try_from(count).unwrap_or(1)]);
        return elements.collect();
    }
    if let Some(form) = alternatives.first() {
        return example(root, form, above);
    }
    match level.types.first() {
        Some(&"boolean") => json!(true),
        Some(&"integer" | &"number") => match level.minimum {
            None => json!(0),
            Some(low) if low.exclusive => json!(low.value.as_i64().unwrap_or(0) + 1),
            Some(low) => low.value.clone(),
        },
        Some(&"string") => json!(text(level.format)),
        _ => Value::Null,
    }
}

const fn text(format: &str) -> &str {
    match format.as_bytes() {
        b"date-time" => "2025-11-25T10:30:00Z",
        b"date" => "2025-11-25",
        b"time" => "10:30:00Z",
        b"email" => "user@example.com",
        b"uri" | b"url" => "https://example.com/",
        b"hostname" => "example.com",
        b"ipv4" => "203.0.113.5",
        b"ipv6" => "2001:db8::5",
        b"uuid" => "6f1c2b7e-3a40-4c8e-9b11-0d2f5a7c9e31",
        _ => "string",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::openapi::test_documents::{ours, petstore, warehouse};

    #[test]
    fn made_up_examples_fit_their_schemas() {
        for document in [ours(), petstore(), warehouse()] {
            for operation in &document.operations {
                let media = operation.responses.iter().flat_map(|it| &it.media);
                for media in media.chain(operation.json_body()) {
                    let text = document.example(&media.schema).to_string();
                    let mut faults = document.check(&media.schema, &text);
                    // Email addresses and alternative required fields can't be generated.
                    faults
                        .retain(|it| !it.message.contains("email") && !it.message.contains("Give"));
                    let is_ours = document.version == "v1";
                    let counts = !is_ours || operation.json_body() != Some(media);
                    assert!(
                        !counts || faults.is_empty(),
                        "{}: {text} {faults:?}",
                        operation.id
                    );
                }
            }
        }
    }

    #[test]
    fn our_own_examples_fit_their_schemas() {
        let document = ours();
        for operation in &document.operations {
            let media = operation.responses.iter().flat_map(|it| &it.media);
            for media in media.chain(operation.json_body()) {
                for example in &media.examples {
                    let text = example.value.to_string();
                    let faults = document.check(&media.schema, &text);
                    assert_eq!(faults, [], "{}: {text}", operation.id);
                }
            }
        }
    }

    #[test]
    fn circles_end_and_what_can_be_left_out_is() {
        let document = petstore();
        let schema = &document
            .operation("list-pets-2")
            .unwrap()
            .json_body()
            .unwrap()
            .schema;
        assert_eq!(
            document.example(schema),
            json!({ "kind": "cat", "name": "string", "born": "2025-11-25", "children": [],
                "weight": 0.5, "lives": 9 })
        );
    }

    #[test]
    fn parameters_are_written_without_quotes() {
        let document = warehouse();
        let shelf = &document.operations[0].parameters[0];
        assert_eq!(document.parameter_example(shelf), "A 1/2");
        assert_eq!(as_text(&json!(["a", 1, true])), "a,1,true");
    }
}
