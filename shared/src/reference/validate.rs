//! Validates values against schemas, with messages for people.

use super::schema::{Bound, Schema, SchemaType};
use serde_json::{Map, Number, Value};

/// A value that its schema does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer to the value, such as `/tags/0` (RFC 6901). Empty for the whole value.
    pub pointer: String,
    /// Advice on what to change, in one sentence.
    pub message: String,
}

/// Validates `value`. Patterns are left to the server: the reference describes them, but a regular
/// expression engine would be larger than the rest of Try It Out.
pub fn validate(schema: &Schema, value: &Value) -> Vec<Violation> {
    let mut validator = Validator {
        violations: Vec::new(),
    };
    validator.value(schema, value, "");
    validator.violations
}

struct Validator {
    violations: Vec<Violation>,
}

impl Validator {
    fn report(&mut self, pointer: &str, message: impl Into<String>) {
        self.violations.push(Violation {
            pointer: pointer.to_owned(),
            message: message.into(),
        });
    }

    fn value(&mut self, schema: &Schema, value: &Value, pointer: &str) {
        if value.is_null() && schema.nullable {
            return;
        }
        if let Some(kind) = schema.kind.filter(|kind| !has_type(*kind, value)) {
            let message = format!("This must be {}, not {}.", expected(kind), found(value));
            return self.report(pointer, message);
        }
        if !schema.values.is_empty() && !schema.values.contains(value) {
            let values: Vec<_> = schema.values.iter().map(Value::to_string).collect();
            self.report(pointer, format!("Use one of {}.", values.join(", ")));
        }
        match value {
            Value::String(text) => self.string(schema, text, pointer),
            Value::Number(number) => self.number(&schema.range, number, pointer),
            Value::Array(elements) => self.array(schema, elements, pointer),
            Value::Object(members) => self.object(schema, members, pointer),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn string(&mut self, schema: &Schema, text: &str, pointer: &str) {
        let length = text.chars().count() as u64;
        match (schema.length.min, schema.length.max) {
            (Some(1), _) if length == 0 => self.report(pointer, "This must not be empty."),
            (Some(min), _) if length < min => self.report(
                pointer,
                format!("Use at least {min} characters; this is {length}."),
            ),
            (_, Some(max)) if length > max => self.report(
                pointer,
                format!("Use at most {max} characters; this is {length}."),
            ),
            _ => {}
        }
        let is_email = |text: &str| {
            let (name, domain) = text.split_once('@').unwrap_or_default();
            !name.is_empty() && !domain.is_empty() && !text.contains(char::is_whitespace)
        };
        if schema.format == "email" && !is_email(text) {
            self.report(
                pointer,
                "This is not an email address. Use the form name@example.com.",
            );
        }
    }

    fn number(&mut self, range: &Bound<Number>, number: &Number, pointer: &str) {
        let number = number.as_f64();
        if let Some(min) = range.min.as_ref().filter(|min| number < min.as_f64()) {
            self.report(pointer, format!("Use at least {min}."));
        }
        if let Some(max) = range.max.as_ref().filter(|max| number > max.as_f64()) {
            self.report(pointer, format!("Use at most {max}."));
        }
    }

    fn array(&mut self, schema: &Schema, elements: &[Value], pointer: &str) {
        let count = elements.len() as u64;
        if let Some(min) = schema.count.min.filter(|min| count < *min) {
            self.report(
                pointer,
                format!("Use at least {min} elements; this has {count}."),
            );
        }
        if let Some(max) = schema.count.max.filter(|max| count > *max) {
            self.report(
                pointer,
                format!("Use at most {max} elements; this has {count}."),
            );
        }
        let Some(items) = &schema.items else {
            return;
        };
        for (index, element) in elements.iter().enumerate() {
            self.value(items, element, &format!("{pointer}/{index}"));
        }
    }

    fn object(&mut self, schema: &Schema, members: &Map<String, Value>, pointer: &str) {
        let is_given = |name: &str| members.get(name).is_some_and(|value| !value.is_null());
        let always = schema.fields.iter();
        let always = always.filter(|field| field.required == super::Required::Yes);
        let mut required: Vec<&str> = always.map(|field| field.name.as_str()).collect();
        let mut excluded: &[String] = &[];
        if let Some(condition) = &schema.condition {
            if is_given(&condition.field) {
                excluded = &condition.excludes;
            } else {
                required.extend(condition.otherwise_requires.iter().map(String::as_str));
            }
        }
        for name in required {
            if !members.contains_key(name) {
                self.report(pointer, format!("The field `{name}` is missing."));
            }
        }
        for (name, value) in members {
            let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
            if excluded.contains(name) && !value.is_null() {
                self.report(&pointer, "Leave this out here.");
                continue;
            }
            let mut fields = schema.fields.iter();
            match fields.find(|field| field.name == *name) {
                Some(field) => self.value(&field.schema, value, &pointer),
                None if schema.closed => {
                    let names: Vec<_> = schema.fields.iter().map(|it| it.name.as_str()).collect();
                    let known = names.join(", ");
                    self.report(
                        &pointer,
                        format!("There is no field `{name}` here. Known: {known}."),
                    );
                }
                None => {}
            }
        }
    }
}

fn has_type(kind: SchemaType, value: &Value) -> bool {
    match kind {
        SchemaType::String => value.is_string(),
        SchemaType::Number => value.is_number(),
        // JSON Schema counts 2.0 as an integer.
        SchemaType::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        SchemaType::Boolean => value.is_boolean(),
        SchemaType::Array => value.is_array(),
        SchemaType::Object => value.is_object(),
    }
}

const fn expected(kind: SchemaType) -> &'static str {
    match kind {
        SchemaType::String => "a string",
        SchemaType::Integer => "a whole number",
        SchemaType::Number => "a number",
        SchemaType::Boolean => "a boolean",
        SchemaType::Array => "a list",
        SchemaType::Object => "an object",
    }
}

const fn found(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn violations(schema: &Value, value: &Value) -> Vec<(String, String)> {
        let schema = serde_json::from_value(schema.clone()).unwrap();
        let violations = validate(&schema, value).into_iter();
        violations.map(|it| (it.pointer, it.message)).collect()
    }

    /// Returns the only message, or an empty string if the value is allowed.
    fn message(schema: Value, value: Value) -> String {
        match violations(&schema, &value).as_slice() {
            [] => String::new(),
            [(_, message)] => message.clone(),
            several => panic!("{several:?}"),
        }
    }

    #[test]
    fn types_are_checked() {
        let of = |name: &str| json!({ "type": name });
        for (kind, value, expected) in [
            ("string", json!(1), "This must be a string, not a number."),
            ("array", json!({}), "This must be a list, not an object."),
            ("object", json!([]), "This must be an object, not a list."),
            ("boolean", json!(null), "This must be a boolean, not null."),
            ("number", json!("1"), "This must be a number, not a string."),
            (
                "integer",
                json!(1.5),
                "This must be a whole number, not a number.",
            ),
            ("integer", json!(2.0), ""),
        ] {
            assert_eq!(message(of(kind), value), expected);
        }
        assert_eq!(message(json!({}), json!([1])), "");
        let nullable = json!({ "type": "string", "nullable": true });
        assert_eq!(message(nullable, json!(null)), "");
    }

    #[test]
    fn limits_are_checked() {
        let length = json!({ "type": "string", "length": { "min": 1, "max": 3 } });
        let range = json!({ "type": "number", "range": { "min": 0, "max": 2.5 } });
        let count = json!({ "type": "array", "count": { "min": 1, "max": 2 }, "items": {} });
        let email = json!({ "type": "string", "format": "email" });
        let values = json!({ "type": "string", "values": ["a", "b"] });
        for (schema, value, expected) in [
            (&length, json!("äöü"), ""),
            (&length, json!(""), "This must not be empty."),
            (
                &length,
                json!("abcd"),
                "Use at most 3 characters; this is 4.",
            ),
            (&range, json!(2.5), ""),
            (&range, json!(-1), "Use at least 0."),
            (&range, json!(3), "Use at most 2.5."),
            (&count, json!([]), "Use at least 1 elements; this has 0."),
            (
                &count,
                json!([1, 2, 3]),
                "Use at most 2 elements; this has 3.",
            ),
            (&email, json!("a@b"), ""),
            (
                &email,
                json!("a b@c"),
                "This is not an email address. Use the form name@example.com.",
            ),
            (&values, json!("b"), ""),
            (&values, json!("c"), "Use one of \"a\", \"b\"."),
        ] {
            assert_eq!(message(schema.clone(), value), expected);
        }
    }

    #[test]
    fn members_are_checked_with_their_pointers() {
        let schema = json!({
            "type": "object",
            "closed": true,
            "fields": [
                { "name": "a/b", "required": "no",
                    "schema": { "type": "array", "items": { "type": "string" } } },
                { "name": "c", "required": "yes", "schema": {} },
            ],
        });
        assert_eq!(
            violations(&schema, &json!({ "a/b": ["x", 1], "d": 1 })),
            [
                (String::new(), "The field `c` is missing.".to_owned()),
                (
                    "/a~1b/1".to_owned(),
                    "This must be a string, not a number.".to_owned()
                ),
                (
                    "/d".to_owned(),
                    "There is no field `d` here. Known: a/b, c.".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn a_field_can_replace_others() {
        let field = |name: &str| json!({ "name": name, "required": "sometimes", "schema": { "nullable": true } });
        let schema = json!({
            "type": "object",
            "fields": [field("body"), field("template")],
            "condition": { "field": "template", "excludes": ["body"], "otherwise_requires": ["body"] },
        });
        for (value, expected) in [
            (json!({ "body": "x" }), ""),
            (json!({ "template": "x", "body": null }), ""),
            (json!({}), "The field `body` is missing."),
            (json!({ "template": null }), "The field `body` is missing."),
            (
                json!({ "template": "x", "body": "y" }),
                "Leave this out here.",
            ),
        ] {
            assert_eq!(message(schema.clone(), value), expected);
        }
    }
}
