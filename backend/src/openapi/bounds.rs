//! Constraints on the fields of request bodies and query strings.

use crate::{endpoint::Bound, json::QUERY_MAX_CHARS};
use serde_json::{Value, json};

/// Maximum length of an email address (RFC 5321).
const ADDRESS_MAX: usize = 254;

/// Adds the constraints of a request body to its schema.
pub fn add(schema: &mut Value, bounds: &[(&str, Bound)]) {
    for (field, bound) in bounds {
        match bound {
            Bound::Replaces { fields, required } => add_choice(schema, field, fields, required),
            _ => add_bound(&mut schema["properties"][field], bound),
        }
    }
}

/// Adds the maximum length that applies to all strings in a query string.
pub fn add_to_query_parameter(schema: &mut Value) {
    let is_text = schema["type"] == "string" || schema["type"][0] == "string";
    if is_text && schema["enum"].is_null() && schema["format"].is_null() {
        schema["maxLength"] = json!(QUERY_MAX_CHARS);
    }
}

fn add_bound(field: &mut Value, bound: &Bound) {
    match bound {
        Bound::Text(min, max) => {
            if *min > 0 {
                field["minLength"] = json!(min);
            }
            field["maxLength"] = json!(max);
        }
        Bound::Address => {
            field["format"] = json!("email");
            field["maxLength"] = json!(ADDRESS_MAX);
        }
        Bound::AtLeastOne => field["minItems"] = json!(1),
        Bound::Number(first, last) => {
            field["minimum"] = json!(first);
            field["maximum"] = json!(last);
        }
        Bound::Texts(count, length) => {
            field["maxItems"] = json!(count);
            field["items"]["minLength"] = json!(1);
            field["items"]["maxLength"] = json!(length);
        }
        Bound::OneOf(values) => {
            // utoipa describes an optional enum inside of its `oneOf`.
            let options = field["oneOf"].as_array().into_iter().flatten();
            let description = options.map(|option| &option["description"]);
            let description = description.chain([&field["description"]]);
            let description: Vec<_> = description.filter(|it| it.is_string()).cloned().collect();
            let values = values.iter().map(|value| json!(value));
            *field = json!({
                "type": ["string", "null"],
                "enum": values.chain([Value::Null]).collect::<Vec<_>>(),
                "description": description.first(),
            });
        }
        Bound::Replaces { .. } => {}
    }
}

/// Requires either a template or the fields that it replaces.
fn add_choice(schema: &mut Value, template: &str, replaced: &[&str], required: &[&str]) {
    schema["if"] = json!({
        "properties": { template: { "type": "string" } }, "required": [template]
    });
    for field in replaced {
        schema["then"]["properties"][field] = json!({ "type": "null" });
    }
    schema["else"] = json!({ "required": required });
    for field in required {
        schema["else"]["properties"][field] = json!({ "type": "string" });
    }
}
