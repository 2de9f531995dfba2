//! A schema with its references resolved and its `allOf` merged, which the other modules read. It
//! borrows from the document and resolves a single level, so recursive schemas are safe.

use serde_json::{Map, Value};

/// Maximum number of `$ref` and `allOf` steps per schema. More are taken for a cycle.
const MOST_STEPS: usize = 32;

/// A single level of a schema.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a keyword of JSON schema"
)]
#[derive(Debug, Clone, Default)]
pub(super) struct Flat<'a> {
    /// Types without `null`; empty if any type is allowed.
    pub types: Vec<&'a str>,
    /// True if `null` is allowed as well.
    pub nullable: bool,
    /// True if only `null` is allowed.
    pub only_null: bool,
    /// Names of the schemas that it references, outermost first.
    pub names: Vec<&'a str>,
    /// May be empty, like the description.
    pub title: &'a str,
    pub description: &'a str,
    pub default: Option<&'a Value>,
    pub example: Option<&'a Value>,
    pub deprecated: bool,
    /// Only in responses, or only in requests.
    pub read_only: bool,
    pub write_only: bool,
    /// Values of `enum` or `const`.
    pub values: Option<&'a [Value]>,
    pub format: &'a str,
    pub pattern: &'a str,
    pub minimum: Option<Bound<'a>>,
    pub maximum: Option<Bound<'a>>,
    pub multiple_of: Option<&'a Value>,
    pub min_length: Option<u64>,
    pub max_length: Option<u64>,
    pub min_items: Option<u64>,
    pub max_items: Option<u64>,
    pub unique_items: bool,
    pub min_properties: Option<u64>,
    pub max_properties: Option<u64>,
    pub properties: Vec<(&'a str, &'a Value)>,
    pub required: Vec<&'a str>,
    /// Schema of members that aren't in `properties`; `false` forbids them.
    pub additional: Option<&'a Value>,
    /// Schema of the array's elements.
    pub items: Option<&'a Value>,
    /// The value must match at least one schema of each list; for `one_of`, exactly one.
    pub any_of: Vec<&'a [Value]>,
    pub one_of: Vec<&'a [Value]>,
    pub not: Vec<&'a Value>,
    /// Schemas with `if`, `then` and `else`.
    pub conditions: Vec<&'a Map<String, Value>>,
    /// Matches no value: the schema `false`.
    pub impossible: bool,
}

/// A bound of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bound<'a> {
    pub value: &'a Value,
    /// True if the bound itself is not allowed.
    pub exclusive: bool,
}

/// Resolves a `$ref`. Returns `value` if it has none, and `null` if the references form a cycle.
pub(super) fn follow<'a>(root: &'a Value, value: &'a Value) -> &'a Value {
    let mut value = value;
    for _ in 0..MOST_STEPS {
        match value["$ref"].as_str() {
            Some(reference) => value = target(root, reference),
            None => return value,
        }
    }
    &Value::Null
}

/// Resolves a reference within the document. External references yield `null`.
fn target<'a>(root: &'a Value, reference: &str) -> &'a Value {
    let pointer = reference.strip_prefix('#').map(decoded);
    let target = pointer.and_then(|pointer| root.pointer(&pointer));
    target.unwrap_or(&Value::Null)
}

/// Percent-decodes a reference, which is a URI fragment.
fn decoded(pointer: &str) -> String {
    let bytes = pointer.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        let code = pointer.get(index + 1..index + 3);
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        match (bytes[index], code) {
            (b'%', Some(byte)) => {
                decoded.push(byte);
                index += 3;
            }
            (byte, _) => {
                decoded.push(byte);
                index += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// Resolves one level of `schema`.
pub(super) fn flat<'a>(root: &'a Value, schema: &'a Value) -> Flat<'a> {
    let mut flat = Flat::default();
    let mut steps = 0;
    add(root, schema, &mut flat, &mut steps);
    // `null` as an alternative makes the schema nullable.
    for list in [&flat.one_of, &flat.any_of] {
        let says_null = |schema: &Value| schema["type"] == "null";
        if list.iter().any(|schemas| schemas.iter().any(says_null)) {
            flat.nullable = true;
        }
    }
    flat
}

/// Merges `schema` into `flat`. The first value of a keyword wins, except that bounds are narrowed.
fn add<'a>(root: &'a Value, schema: &'a Value, flat: &mut Flat<'a>, steps: &mut usize) {
    *steps += 1;
    if *steps > MOST_STEPS {
        return;
    }
    if *schema == Value::Bool(false) {
        flat.impossible = true;
    }
    let Some(members) = schema.as_object() else {
        return;
    };
    add_meaning(members, flat);
    add_bounds(members, flat);
    add_structure(members, flat);
    if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
        let name = reference.rsplit('/').next().unwrap_or_default();
        flat.names.push(name);
        add(root, target(root, reference), flat, steps);
    }
    for part in list(members, "allOf").into_iter().flatten() {
        add(root, part, flat, steps);
    }
}

fn add_meaning<'a>(members: &'a Map<String, Value>, flat: &mut Flat<'a>) {
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    for (into, name) in [
        (&mut flat.title, "title"),
        (&mut flat.description, "description"),
        (&mut flat.format, "format"),
        (&mut flat.pattern, "pattern"),
    ] {
        if into.is_empty() {
            *into = text(name).unwrap_or_default();
        }
    }
    flat.default = flat.default.or_else(|| members.get("default"));
    let example = || {
        let examples = list(members, "examples").and_then(|examples| examples.first());
        members.get("example").or(examples)
    };
    flat.example = flat.example.or_else(example);
    let says = |name: &str| members.get(name) == Some(&Value::Bool(true));
    flat.deprecated |= says("deprecated");
    flat.read_only |= says("readOnly");
    flat.write_only |= says("writeOnly");
    flat.unique_items |= says("uniqueItems");
    flat.nullable |= says("nullable");
    let types = match members.get("type") {
        Some(Value::Array(types)) => types.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let names = types.iter().filter_map(Value::as_str);
    flat.nullable |= names.clone().any(|name| name == "null");
    flat.only_null |= !types.is_empty() && types.iter().all(|name| name == "null");
    if flat.types.is_empty() {
        flat.types = names.filter(|name| *name != "null").collect();
    }
    let constant = members.get("const").map(std::slice::from_ref);
    flat.values = flat.values.or(constant).or(list(members, "enum"));
}

fn add_bounds<'a>(members: &'a Map<String, Value>, flat: &mut Flat<'a>) {
    let (low, high) = (
        bound(members, "minimum", "exclusiveMinimum"),
        bound(members, "maximum", "exclusiveMaximum"),
    );
    let number = |bound: &Bound| bound.value.as_f64().unwrap_or_default();
    let is_narrower = |new: &Bound, old: Option<Bound>, sign: f64| {
        old.is_none_or(|old| sign * number(new) > sign * number(&old))
    };
    if let Some(low) = low.filter(|low| is_narrower(low, flat.minimum, 1.0)) {
        flat.minimum = Some(low);
    }
    if let Some(high) = high.filter(|high| is_narrower(high, flat.maximum, -1.0)) {
        flat.maximum = Some(high);
    }
    flat.multiple_of = flat.multiple_of.or_else(|| members.get("multipleOf"));
    let count = |name: &str| members.get(name).and_then(Value::as_u64);
    for (into, name) in [
        (&mut flat.min_length, "minLength"),
        (&mut flat.min_items, "minItems"),
        (&mut flat.min_properties, "minProperties"),
    ] {
        *into = (*into).max(count(name));
    }
    for (into, name) in [
        (&mut flat.max_length, "maxLength"),
        (&mut flat.max_items, "maxItems"),
        (&mut flat.max_properties, "maxProperties"),
    ] {
        *into = match (*into, count(name)) {
            (Some(old), Some(new)) => Some(old.min(new)),
            (old, new) => old.or(new),
        };
    }
}

/// Reads a bound. `exclusiveMinimum` is a boolean in OpenAPI 3.0 and a number in 3.1.
fn bound<'a>(
    members: &'a Map<String, Value>,
    inclusive: &str,
    exclusive: &str,
) -> Option<Bound<'a>> {
    match members.get(exclusive) {
        Some(value) if value.is_number() => Some(Bound {
            value,
            exclusive: true,
        }),
        is_exclusive => {
            let value = members.get(inclusive).filter(|value| value.is_number())?;
            Some(Bound {
                value,
                exclusive: is_exclusive == Some(&Value::Bool(true)),
            })
        }
    }
}

fn add_structure<'a>(members: &'a Map<String, Value>, flat: &mut Flat<'a>) {
    let properties = members.get("properties").and_then(Value::as_object);
    for (name, schema) in properties.into_iter().flatten() {
        let mut known = flat.properties.iter_mut();
        match known.find(|(known, _)| known == name) {
            None => flat.properties.push((name, schema)),
            // A variant narrows the member that identifies it: the narrowed schema wins.
            Some(known) if schema["enum"].is_array() || !schema["const"].is_null() => {
                known.1 = schema;
            }
            Some(_) => {}
        }
    }
    let required = list(members, "required").into_iter().flatten();
    for name in required.filter_map(Value::as_str) {
        if !flat.required.contains(&name) {
            flat.required.push(name);
        }
    }
    let additional = members.get("additionalProperties");
    let additional = additional.or_else(|| members.get("unevaluatedProperties"));
    flat.additional = flat.additional.or(additional);
    flat.items = flat.items.or_else(|| members.get("items"));
    flat.any_of.extend(list(members, "anyOf"));
    flat.one_of.extend(list(members, "oneOf"));
    flat.not.extend(members.get("not"));
    if members.contains_key("if") {
        flat.conditions.push(members);
    }
}

fn list<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a [Value]> {
    Some(members.get(name)?.as_array()?.as_slice())
}

impl<'a> Flat<'a> {
    /// Returns true if the value can be an object.
    pub fn is_object(&self) -> bool {
        self.types.contains(&"object")
            || (self.types.is_empty() && (!self.properties.is_empty() || self.additional.is_some()))
    }

    /// Returns true if the value can be an array.
    pub fn is_list(&self) -> bool {
        self.types.contains(&"array") || (self.types.is_empty() && self.items.is_some())
    }

    /// Returns the alternatives, without `null` and without those that only require members.
    pub fn alternatives(&self) -> Vec<&'a Value> {
        let lists = self.one_of.iter().chain(&self.any_of);
        let all = lists.flat_map(|schemas| schemas.iter());
        all.filter(|schema| schema["type"] != "null" && !demands_only(schema))
            .collect()
    }
}

/// Returns true if `required` is the schema's only keyword.
pub(super) fn demands_only(schema: &Value) -> bool {
    schema
        .as_object()
        .is_some_and(|members| members.keys().all(|name| name == "required"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parts_are_put_together_and_bounds_get_narrower() {
        let root = json!({ "defs": {
            "Base": { "type": "object", "properties": { "id": { "type": "integer" } },
                "required": ["id"], "description": "A base." },
        }});
        let schema = json!({
            "allOf": [
                { "$ref": "#/defs/Base", "description": "The base of it." },
                { "properties": { "id": { "type": "string" }, "name": { "type": "string" } },
                    "required": ["name"], "minProperties": 1 },
                { "minProperties": 2, "maxProperties": 9 },
            ],
        });
        let flat = flat(&root, &schema);
        assert!(flat.is_object());
        assert_eq!(flat.description, "The base of it.");
        assert_eq!(flat.names, ["Base"]);
        let names: Vec<_> = flat.properties.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["id", "name"]);
        assert_eq!(flat.properties[0].1["type"], "integer");
        assert_eq!(flat.required, ["id", "name"]);
        assert_eq!(
            (flat.min_properties, flat.max_properties),
            (Some(2), Some(9))
        );
    }

    #[test]
    fn circles_end() {
        let root = json!({ "a": { "$ref": "#/b" }, "b": { "$ref": "#/a" },
            "c": { "allOf": [{ "$ref": "#/c" }, { "$ref": "#/c" }], "type": "object" } });
        assert!(follow(&root, &root["a"]).is_null());
        assert!(flat(&root, &root["a"]).types.is_empty());
        assert_eq!(flat(&root, &root["c"]).types, ["object"]);
    }

    #[test]
    fn references_out_of_the_document_stand_for_nothing() {
        let root = json!({ "a b": { "type": "string" } });
        for reference in ["https://example.com/x.json", "#/nowhere", "other.yaml#/a"] {
            assert!(follow(&root, &json!({ "$ref": reference })).is_null());
        }
        let escaped = json!({ "$ref": "#/a%20b" });
        assert_eq!(flat(&root, &escaped).types, ["string"]);
    }

    #[test]
    fn both_versions_say_null_and_exclusive_in_their_own_way() {
        let root = json!({});
        for nothing in [
            json!({ "type": ["string", "null"] }),
            json!({ "type": "string", "nullable": true }),
            json!({ "oneOf": [{ "type": "null" }, { "type": "string" }] }),
        ] {
            assert!(flat(&root, &nothing).nullable, "{nothing}");
        }
        for more_than_2 in [
            json!({ "exclusiveMinimum": 2 }),
            json!({ "minimum": 2, "exclusiveMinimum": true }),
        ] {
            let value = json!(2);
            let bound = Bound {
                value: &value,
                exclusive: true,
            };
            assert_eq!(flat(&root, &more_than_2).minimum, Some(bound));
        }
    }
}
