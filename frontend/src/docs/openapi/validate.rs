//! Validates values against schemas, with error messages for users.

use crate::docs::openapi::flat::{Bound, Flat, demands_only, flat};
use serde_json::{Map, Value};
use std::cell::Cell;

/// Maximum nesting depth of values and schemas. Deeper ones are accepted.
const DEEPEST: usize = 64;
/// Maximum number of schema checks per value. Schemas with several recursive references would
/// otherwise take exponential time.
const MOST_CHECKS: u32 = 100_000;

/// Validates `value`. Returns the JSON pointer and message of each error.
pub(super) fn faults(root: &Value, schema: &Value, value: &Value) -> Vec<(String, String)> {
    let left = Cell::new(MOST_CHECKS);
    let checker = Checker {
        root,
        left: &left,
        faults: Vec::new(),
    };
    checker.faults_of(schema, value, "", 0)
}

struct Checker<'a> {
    root: &'a Value,
    left: &'a Cell<u32>,
    faults: Vec<(String, String)>,
}

impl Checker<'_> {
    fn faults_of(
        mut self,
        schema: &Value,
        value: &Value,
        pointer: &str,
        depth: usize,
    ) -> Vec<(String, String)> {
        self.check(schema, value, pointer, depth);
        self.faults
    }

    /// Returns the errors of `value` for this schema, without recording them.
    fn try_out(
        &self,
        schema: &Value,
        value: &Value,
        pointer: &str,
        depth: usize,
    ) -> Vec<(String, String)> {
        let checker = Checker {
            root: self.root,
            left: self.left,
            faults: Vec::new(),
        };
        checker.faults_of(schema, value, pointer, depth + 1)
    }

    fn fits(&self, schema: &Value, value: &Value, depth: usize) -> bool {
        self.try_out(schema, value, "", depth).is_empty()
    }

    fn report(&mut self, pointer: &str, message: impl Into<String>) {
        self.faults.push((pointer.to_owned(), message.into()));
    }

    fn check(&mut self, schema: &Value, value: &Value, pointer: &str, depth: usize) {
        let Some(left) = self.left.get().checked_sub(1) else {
            return;
        };
        self.left.set(left);
        if depth > DEEPEST {
            return;
        }
        let level = flat(self.root, schema);
        if level.impossible {
            self.report(pointer, "This must not be here.");
            return;
        }
        if value.is_null() && level.nullable {
            return;
        }
        if level.only_null {
            self.report(pointer, "Leave this out here.");
            return;
        }
        if !has_type(&level, value) {
            let expected = level.types.join(" or ");
            let found = kind(value);
            self.report(
                pointer,
                format!("This must be {}, not {found}.", article(&expected)),
            );
            return;
        }
        if let Some(values) = level.values
            && !values.contains(value)
        {
            let values: Vec<_> = values.iter().map(Value::to_string).collect();
            self.report(pointer, one_of(&values));
        }
        match value {
            Value::String(text) => self.check_text(&level, text, pointer),
            Value::Number(number) => self.check_number(&level, number.as_f64(), pointer),
            Value::Array(elements) => self.check_list(&level, elements, pointer, depth),
            Value::Object(members) => self.check_object(&level, members, pointer, depth),
            Value::Null | Value::Bool(_) => {}
        }
        self.check_combined(&level, value, pointer, depth);
    }

    fn check_text(&mut self, level: &Flat<'_>, text: &str, pointer: &str) {
        let length = text.chars().count() as u64;
        if let Some(least) = level.min_length.filter(|least| length < *least) {
            let message = match least {
                1 => "This must not be empty.".to_owned(),
                _ => format!("Use at least {least} characters; this is {length}."),
            };
            self.report(pointer, message);
        }
        if let Some(most) = level.max_length.filter(|most| length > *most) {
            self.report(
                pointer,
                format!("Use at most {most} characters; this is {length}."),
            );
        }
        let is_bad_email = level.format == "email" && {
            let (name, domain) = text.split_once('@').unwrap_or_default();
            name.is_empty() || domain.is_empty() || text.contains(char::is_whitespace)
        };
        if is_bad_email {
            self.report(
                pointer,
                "This is not an email address. Use the form name@example.com.",
            );
        }
    }

    fn check_number(&mut self, level: &Flat<'_>, number: Option<f64>, pointer: &str) {
        let number = number.unwrap_or_default();
        let limit = |bound: &Bound| bound.value.as_f64().unwrap_or_default();
        if let Some(low) = level.minimum {
            let limit = limit(&low);
            match low.exclusive {
                true if number <= limit => {
                    self.report(pointer, format!("Use more than {}.", low.value));
                }
                false if number < limit => {
                    self.report(pointer, format!("Use at least {}.", low.value));
                }
                _ => {}
            }
        }
        if let Some(high) = level.maximum {
            let limit = limit(&high);
            match high.exclusive {
                true if number >= limit => {
                    self.report(pointer, format!("Use less than {}.", high.value));
                }
                false if number > limit => {
                    self.report(pointer, format!("Use at most {}.", high.value));
                }
                _ => {}
            }
        }
        let step = level.multiple_of.and_then(Value::as_f64);
        if let Some(step) = step.filter(|step| *step > 0.0) {
            let parts = number / step;
            if (parts - parts.round()).abs() > 1e-9 {
                self.report(pointer, format!("Use a multiple of {step}."));
            }
        }
    }

    fn check_list(&mut self, level: &Flat<'_>, elements: &[Value], pointer: &str, depth: usize) {
        self.check_count(
            level.min_items,
            level.max_items,
            elements.len(),
            "element",
            pointer,
        );
        for (index, element) in elements.iter().enumerate() {
            let pointer = format!("{pointer}/{index}");
            if level.unique_items && elements[..index].contains(element) {
                self.report(&pointer, "This is in the list already.");
            }
            if let Some(items) = level.items {
                self.check(items, element, &pointer, depth + 1);
            }
        }
    }

    fn check_object(
        &mut self,
        level: &Flat<'_>,
        members: &Map<String, Value>,
        pointer: &str,
        depth: usize,
    ) {
        let (low, high) = (level.min_properties, level.max_properties);
        self.check_count(low, high, members.len(), "member", pointer);
        for name in &level.required {
            if !members.contains_key(*name) {
                self.report(pointer, format!("The field `{name}` is missing."));
            }
        }
        for (name, value) in members {
            let escaped = name.replace('~', "~0").replace('/', "~1");
            let pointer = format!("{pointer}/{escaped}");
            let known = level.properties.iter().find(|(known, _)| known == name);
            match (known, level.additional) {
                (Some((_, schema)), _) => self.check(schema, value, &pointer, depth + 1),
                (None, Some(Value::Bool(false))) => {
                    let names: Vec<_> = level.properties.iter().map(|(name, _)| *name).collect();
                    let message = format!(
                        "There is no field `{name}` here. Known: {}.",
                        names.join(", ")
                    );
                    self.report(&pointer, message);
                }
                (None, Some(schema)) => self.check(schema, value, &pointer, depth + 1),
                (None, None) => {}
            }
        }
    }

    fn check_count(
        &mut self,
        least: Option<u64>,
        most: Option<u64>,
        count: usize,
        unit: &str,
        pointer: &str,
    ) {
        let count = count as u64;
        if let Some(least) = least.filter(|least| count < *least) {
            self.report(
                pointer,
                format!("Use at least {least} {unit}s; this has {count}."),
            );
        }
        if let Some(most) = most.filter(|most| count > *most) {
            self.report(
                pointer,
                format!("Use at most {most} {unit}s; this has {count}."),
            );
        }
    }

    /// Checks `anyOf`, `oneOf`, `not` and `if`.
    fn check_combined(&mut self, level: &Flat<'_>, value: &Value, pointer: &str, depth: usize) {
        for schemas in level.any_of.iter().chain(&level.one_of) {
            let is_fit = schemas.iter().any(|schema| self.fits(schema, value, depth));
            if !is_fit {
                self.report_no_form(schemas, value, pointer, depth);
            }
        }
        for schemas in &level.one_of {
            let count = schemas
                .iter()
                .filter(|schema| self.fits(schema, value, depth));
            if count.count() > 1 {
                self.report(
                    pointer,
                    "This fits several of the allowed forms; it must fit exactly one.",
                );
            }
        }
        if level.not.iter().any(|it| self.fits(it, value, depth)) {
            self.report(pointer, "This form is not allowed.");
        }
        for condition in &level.conditions {
            let Some(test) = condition.get("if") else {
                continue;
            };
            let branch = if self.fits(test, value, depth) {
                "then"
            } else {
                "else"
            };
            if let Some(branch) = condition.get(branch) {
                self.check(branch, value, pointer, depth + 1);
            }
        }
    }

    /// Reports the errors of the alternative that the user most likely meant: the one with the
    /// fewest.
    fn report_no_form(&mut self, schemas: &[Value], value: &Value, pointer: &str, depth: usize) {
        if schemas.iter().all(demands_only) {
            let demands = schemas.iter().map(|schema| {
                let names = schema["required"].as_array().into_iter().flatten();
                let names: Vec<_> = names.filter_map(Value::as_str).collect();
                names.join(" and ")
            });
            let demands: Vec<_> = demands.collect();
            self.report(pointer, format!("Give {}.", demands.join(", or ")));
            return;
        }
        let faults = schemas
            .iter()
            .map(|schema| self.try_out(schema, value, pointer, depth));
        let fewest = faults.min_by_key(|faults| {
            // A type error at the top means that another alternative was meant.
            let is_other = faults.iter().any(|(place, _)| place == pointer);
            (is_other, faults.len())
        });
        self.faults.extend(fewest.unwrap_or_default());
    }
}

fn has_type(level: &Flat<'_>, value: &Value) -> bool {
    let is_whole = |value: &Value| {
        let number = value.as_f64();
        value.is_i64() || value.is_u64() || number.is_some_and(|number| number.fract() == 0.0)
    };
    level.types.is_empty()
        || level.types.iter().any(|name| match *name {
            "string" => value.is_string(),
            "number" => value.is_number(),
            "integer" => value.is_number() && is_whole(value),
            "boolean" => value.is_boolean(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            // Accept types that we don't know.
            _ => true,
        })
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn article(name: &str) -> String {
    match name {
        "array" => "a list".to_owned(),
        "integer" => "a whole number".to_owned(),
        "object" => "an object".to_owned(),
        name => format!("a {name}"),
    }
}

pub(super) fn one_of(values: &[String]) -> String {
    match values {
        [only] => format!("This must be {only}."),
        values => format!("Use one of {}.", values.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn messages(schema: Value, value: Value) -> Vec<(String, String)> {
        faults(&json!({}), &schema, &value)
    }

    fn only(schema: Value, value: Value) -> String {
        match messages(schema, value).as_slice() {
            [] => String::new(),
            [(_, message)] => message.clone(),
            several => panic!("{several:?}"),
        }
    }

    #[test]
    fn types_are_told_in_words() {
        let of = |name: &str| json!({ "type": name });
        assert_eq!(
            only(of("string"), json!(1)),
            "This must be a string, not a number."
        );
        assert_eq!(
            only(of("array"), json!({})),
            "This must be a list, not an object."
        );
        assert_eq!(
            only(of("integer"), json!(1.5)),
            "This must be a whole number, not a number."
        );
        assert_eq!(only(of("integer"), json!(2.0)), "");
        assert_eq!(only(of("null"), json!(2)), "Leave this out here.");
        assert_eq!(only(json!({ "type": ["string", "null"] }), json!(null)), "");
        assert_eq!(
            only(json!({ "type": ["string", "boolean"] }), json!(null)),
            "This must be a string or boolean, not null."
        );
        assert_eq!(only(json!(false), json!(1)), "This must not be here.");
        assert_eq!(only(json!(true), json!(1)), "");
    }

    #[test]
    fn bounds_say_what_to_use() {
        let text = json!({ "minLength": 1, "maxLength": 3 });
        assert_eq!(only(text.clone(), json!("")), "This must not be empty.");
        assert_eq!(only(text.clone(), json!("äöü")), "");
        assert_eq!(
            only(text, json!("abcd")),
            "Use at most 3 characters; this is 4."
        );
        let number = json!({ "minimum": 1, "exclusiveMaximum": 3, "multipleOf": 0.5 });
        assert_eq!(only(number.clone(), json!(0)), "Use at least 1.");
        assert_eq!(only(number.clone(), json!(3)), "Use less than 3.");
        assert_eq!(only(number, json!(2.2)), "Use a multiple of 0.5.");
        let list = json!({ "maxItems": 2, "uniqueItems": true });
        assert_eq!(
            only(list.clone(), json!([1, 2, 3])),
            "Use at most 2 elements; this has 3."
        );
        assert_eq!(only(list, json!([1, 1])), "This is in the list already.");
        assert_eq!(
            only(json!({ "enum": ["a", 1] }), json!("b")),
            "Use one of \"a\", 1."
        );
        assert_eq!(
            only(json!({ "const": "a" }), json!("b")),
            "This must be \"a\"."
        );
        let email = json!({ "format": "email" });
        assert_eq!(only(email.clone(), json!("a@b.c")), "");
        assert!(only(email, json!("a")).contains("name@example.com"));
    }

    #[test]
    fn members_are_found_by_their_pointers() {
        let schema = json!({
            "type": "object", "required": ["a"], "additionalProperties": false,
            "properties": { "a": {}, "b/~": { "items": { "type": "string" } } },
        });
        let faults = messages(schema, json!({ "b/~": ["x", 1], "c": 1 }));
        let pointers: Vec<_> = faults.iter().map(|(pointer, _)| pointer.as_str()).collect();
        assert_eq!(pointers, ["", "/b~1~0/1", "/c"]);
        assert_eq!(faults[0].1, "The field `a` is missing.");
        assert_eq!(faults[2].1, "There is no field `c` here. Known: a, b/~.");
        let map = json!({ "additionalProperties": { "type": "integer" } });
        assert_eq!(messages(map, json!({ "a": 1, "b": "x" })).len(), 1);
    }

    #[test]
    fn the_nearest_form_is_the_one_that_was_meant() {
        let schema = json!({ "oneOf": [
            { "type": "object", "properties": { "id": { "type": "integer" } }, "required": ["id"] },
            { "type": "string" },
            { "type": "null" },
        ]});
        assert_eq!(messages(schema.clone(), json!({ "id": "x" }))[0].0, "/id");
        assert_eq!(messages(schema.clone(), json!("x")), []);
        assert_eq!(messages(schema, json!(null)), []);
        let both = json!({ "oneOf": [{ "minimum": 1 }, { "minimum": 2 }] });
        assert_eq!(messages(both.clone(), json!(1)), []);
        assert!(only(both, json!(2)).contains("exactly one"));
        let demands = json!({ "anyOf": [{ "required": ["a", "b"] }, { "required": ["c"] }] });
        assert_eq!(only(demands, json!({})), "Give a and b, or c.");
        assert_eq!(
            only(json!({ "not": { "const": 1 } }), json!(1)),
            "This form is not allowed."
        );
    }

    #[test]
    fn circles_in_schemas_and_deep_values_end() {
        let root = json!({ "tree": { "properties": { "next": { "$ref": "#/tree" } } } });
        let mut value = json!({});
        for _ in 0..100 {
            value = json!({ "next": value });
        }
        assert_eq!(faults(&root, &root["tree"], &value), []);
        let empty = json!({ "a": { "anyOf": [{ "$ref": "#/a" }] } });
        faults(&empty, &empty["a"], &json!(1));
        let twice = json!({ "a": { "anyOf": [{ "$ref": "#/a" }, { "$ref": "#/a" }],
            "type": "string" } });
        faults(&twice, &twice["a"], &json!(1));
        faults(&twice, &twice["a"], &json!("x"));
    }
}
