//! References instead of copies: generated clients then have one type for one thing.

use serde_json::{Value, json};

/// Replaces every copy of a named schema by a reference to it.
pub fn put(document: &mut Value) {
    let named = document["components"]["schemas"].clone();
    let named: Vec<_> = named.as_object().into_iter().flatten().collect();
    // A name for a plain string or number is not worth a type of its own.
    let has_members = |(_, schema): &(&String, &Value)| {
        schema.get("properties").is_some() || schema.get("enum").is_some()
    };
    let named: Vec<_> = named.into_iter().filter(has_members).collect();
    replace_in(&mut document["paths"], &named);
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        for schema in schemas.values_mut() {
            // Not the schema itself, only what is inside.
            for inner in children(schema) {
                replace_in(inner, &named);
            }
        }
    }
}

fn replace_in(value: &mut Value, named: &[(&String, &Value)]) {
    if let Some((name, _)) = named.iter().find(|(_, schema)| *schema == value) {
        *value = json!({ "$ref": format!("#/components/schemas/{name}") });
        return;
    }
    for inner in children(value) {
        replace_in(inner, named);
    }
}

fn children(value: &mut Value) -> Box<dyn Iterator<Item = &mut Value> + '_> {
    match value {
        Value::Object(members) => Box::new(members.values_mut()),
        Value::Array(items) => Box::new(items.iter_mut()),
        _ => Box::new(std::iter::empty()),
    }
}
