//! Schemas of JSON values with all references resolved, and the rows that describe their fields.

use crate::number;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

/// Type of a JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SchemaType {
    /// Text.
    String,
    /// A number without a fraction.
    Integer,
    /// Any number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A list.
    Array,
    /// Members with names.
    Object,
}

impl SchemaType {
    /// Returns the name of the type in JSON Schema.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// Type and constraints of a JSON value.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Schema {
    /// Type of the value; `None` if any type is allowed.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<SchemaType>,
    /// `true` if `null` is allowed as well.
    #[serde(skip_serializing_if = "is_default")]
    pub nullable: bool,
    /// Meaning of the value. Code is between backticks; may be empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Value that the server assumes if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// Allowed values; empty if all values of the type are allowed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
    /// Format of a string, such as `date-time`; may be empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub format: String,
    /// Regular expression that a string must match; may be empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pattern: String,
    /// Smallest and largest number.
    #[serde(skip_serializing_if = "is_default")]
    pub range: Bound<Number>,
    /// Length of a string in characters.
    #[serde(skip_serializing_if = "is_default")]
    pub length: Bound<u64>,
    /// Number of elements in a list.
    #[serde(skip_serializing_if = "is_default")]
    pub count: Bound<u64>,
    /// Schema of a list's elements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Box<Schema>>,
    /// Members of an object.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// `true` if an object must not have members besides `fields`.
    #[serde(skip_serializing_if = "is_default")]
    pub closed: bool,
    /// A field that excludes other fields of the object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
}

/// Limits of a value, both inclusive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound<T> {
    /// Smallest allowed value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<T>,
    /// Largest allowed value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<T>,
}

impl<T> Default for Bound<T> {
    fn default() -> Self {
        Self {
            min: None,
            max: None,
        }
    }
}

/// A field that replaces others, as a template replaces the bodies of an email.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The replacing field.
    pub field: String,
    /// Fields to leave out if `field` is given.
    pub excludes: Vec<String>,
    /// Fields that are required if `field` is not given.
    pub otherwise_requires: Vec<String>,
}

/// A member of an object, or a parameter: a row of the reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Name of the member or parameter.
    pub name: String,
    /// Presence requirement.
    pub required: Required,
    /// `true` if new code should not use it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub deprecated: bool,
    /// Type, constraints and description.
    pub schema: Schema,
}

/// Presence requirement of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Required {
    /// Always required.
    Yes,
    /// Depends on other fields, as the description explains.
    Sometimes,
    /// Optional.
    No,
}

pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Schema {
    /// Returns the innermost schema of nested lists: the one with the fields.
    pub fn innermost(&self) -> &Self {
        self.items.as_deref().map_or(self, Self::innermost)
    }

    /// Describes the type without `null`: `string`, `array of strings`, `any`.
    pub fn type_text(&self) -> String {
        let Some(kind) = self.kind else {
            return "any".to_owned();
        };
        match &self.items {
            None => kind.as_str().to_owned(),
            Some(items) if items.kind.is_none() => "array".to_owned(),
            Some(items) => {
                let element = items.type_text();
                match element.split_once(' ') {
                    Some((first, rest)) => format!("array of {first}s {rest}"),
                    None => format!("array of {element}s"),
                }
            }
        }
    }

    /// Lists the constraints besides the type, each in a few words: `1 to 50 characters`.
    pub fn constraints(&self) -> Vec<String> {
        let mut texts = Vec::new();
        // Sizes of numbers follow from the range.
        if !matches!(self.format.as_str(), "" | "int32" | "int64" | "double") {
            texts.push(format!("format: {}", self.format));
        }
        texts.extend(counted(&self.length, "character"));
        texts.extend(range(&self.range));
        texts.extend(counted(&self.count, "element"));
        if !self.pattern.is_empty() {
            texts.push(format!("pattern: {}", self.pattern));
        }
        if let Some(items) = &self.items {
            if !items.format.is_empty() {
                texts.push(format!("each in the format {}", items.format));
            }
            texts.extend(counted(&items.length, "character").map(|text| format!("each {text}")));
            if !items.values.is_empty() {
                let values: Vec<_> = items.values.iter().map(Value::to_string).collect();
                texts.push(format!("each one of {}", values.join(", ")));
            }
        }
        texts
    }
}

/// Formats a length or count: `1 to 50 characters`.
fn counted(bound: &Bound<u64>, unit: &str) -> Option<String> {
    let words = |number| number::counted(number, unit);
    match (bound.min.filter(|min| *min > 0), bound.max) {
        (Some(min), Some(max)) if min == max => Some(format!("exactly {}", words(min))),
        (Some(min), Some(max)) => Some(format!("{} to {}", number::grouped(min), words(max))),
        (Some(min), None) => Some(format!("at least {}", words(min))),
        (None, Some(max)) => Some(format!("at most {}", words(max))),
        (None, None) => None,
    }
}

/// Formats a range of numbers: `1 to 100`, `at least 0`.
fn range(bound: &Bound<Number>) -> Option<String> {
    match (&bound.min, &bound.max) {
        (Some(min), Some(max)) => Some(format!("{min} to {max}")),
        (Some(min), None) => Some(format!("at least {min}")),
        (None, Some(max)) => Some(format!("at most {max}")),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema(value: Value) -> Schema {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn types_are_described_in_words() {
        for (value, text) in [
            (json!({}), "any"),
            (json!({ "type": "string" }), "string"),
            (json!({ "type": "array", "items": {} }), "array"),
            (
                json!({ "type": "array", "items": { "type": "object" } }),
                "array of objects",
            ),
            (
                json!({ "type": "array", "items": { "type": "array", "items": { "type": "integer" } } }),
                "array of arrays of integers",
            ),
        ] {
            assert_eq!(schema(value).type_text(), text);
        }
    }

    #[test]
    fn constraints_are_described_in_words() {
        for (value, texts) in [
            (json!({ "format": "int64" }), vec![]),
            (
                json!({ "length": { "min": 1 } }),
                vec!["at least 1 character"],
            ),
            (
                json!({ "length": { "min": 2, "max": 2 } }),
                vec!["exactly 2 characters"],
            ),
            (
                json!({ "length": { "min": 0, "max": 5000 } }),
                vec!["at most 5,000 characters"],
            ),
            (
                json!({ "range": { "min": 1, "max": 100 } }),
                vec!["1 to 100"],
            ),
            (json!({ "range": { "min": 0.5 } }), vec!["at least 0.5"]),
            (
                json!({ "count": { "max": 10 }, "items": { "length": { "min": 1, "max": 50 }, "values": ["a"] } }),
                vec![
                    "at most 10 elements",
                    "each 1 to 50 characters",
                    "each one of \"a\"",
                ],
            ),
        ] {
            assert_eq!(schema(value).constraints(), texts);
        }
    }
}
