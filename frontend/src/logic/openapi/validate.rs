//! Whether a value fits a schema, and in plain words where not.

use super::flat::{Bound, Flat, demands_only, flat};
use serde_json::{Map, Value};

/// How deep values are looked at.
const DEEPEST: usize = 64;

/// What is wrong with `value`: JSON pointers and sentences.
pub(super) fn faults(root: &Value, schema: &Value, value: &Value) -> Vec<(String, String)> {
    let mut checker = Checker {
        root,
        faults: Vec::new(),
    };
    checker.check(schema, value, "", 0);
    checker.faults
}

/// Whether `value` fits `schema`.
fn fits(root: &Value, schema: &Value, value: &Value) -> bool {
    faults(root, schema, value).is_empty()
}

struct Checker<'a> {
    root: &'a Value,
    faults: Vec<(String, String)>,
}

impl Checker<'_> {
    fn report(&mut self, pointer: &str, message: impl Into<String>) {
        self.faults.push((pointer.to_owned(), message.into()));
    }

    fn check(&mut self, schema: &Value, value: &Value, pointer: &str, depth: usize) {
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

    /// `anyOf`, `oneOf`, `not` and `if`.
    fn check_combined(&mut self, level: &Flat<'_>, value: &Value, pointer: &str, depth: usize) {
        let root = self.root;
        for schemas in level.any_of.iter().chain(&level.one_of) {
            let is_fit = schemas.iter().any(|schema| fits(root, schema, value));
            if !is_fit {
                self.report_no_form(schemas, value, pointer, depth);
            }
        }
        for schemas in &level.one_of {
            let count = schemas.iter().filter(|schema| fits(root, schema, value));
            if count.count() > 1 {
                self.report(
                    pointer,
                    "This fits several of the allowed forms; it must fit exactly one.",
                );
            }
        }
        if level.not.iter().any(|schema| fits(root, schema, value)) {
            self.report(pointer, "This form is not allowed.");
        }
        for condition in &level.conditions {
            let Some(test) = condition.get("if") else {
                continue;
            };
            let branch = match fits(root, test, value) {
                true => "then",
                false => "else",
            };
            if let Some(branch) = condition.get(branch) {
                self.check(branch, value, pointer, depth + 1);
            }
        }
    }

    /// Says what is wrong with the form that was probably meant: the one with the
    /// fewest faults.
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
        let faults = schemas.iter().map(|schema| {
            let mut checker = Checker {
                root: self.root,
                faults: Vec::new(),
            };
            checker.check(schema, value, pointer, depth + 1);
            checker.faults
        });
        let fewest = faults.min_by_key(|faults| {
            // A wrong type at the top says that another form was meant.
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
            // Whatever it is, it is not for us to refuse.
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
