//! Replaces copies of schemas with references, so that generated clients have one type for each
//! schema.

use serde_json::{Value, json};

/// Replaces each copy of a named schema with a reference to it.
pub fn put(document: &mut Value) {
    let named = document["components"]["schemas"].clone();
    let named: Vec<_> = named.as_object().into_iter().flatten().collect();
    // A plain string or number does not deserve a separate type.
    let has_members = |(_, schema): &(&String, &Value)| {
        schema.get("properties").is_some() || schema.get("enum").is_some()
    };
    let named: Vec<_> = named.into_iter().filter(has_members).collect();
    replace_in(&mut document["paths"], &named);
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        for schema in schemas.values_mut() {
            // Replaces only inside the schema, not the schema itself.
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
