//! A schema as rows of a table: name, type, constraints and whether the field is required. Nested
//! fields are nested rows.

use crate::docs::openapi::{
    document::Document,
    flat::{Flat, demands_only, flat},
    operation::Schema,
};
use crate::format::number;
use serde_json::Value;

/// Maximum nesting depth of rows. Recursive schemas end sooner.
const DEEPEST: usize = 12;
/// Maximum nesting depth of type descriptions.
const DEEPEST_WORDS: usize = 3;

/// A row: a member of an object, or a parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub name: String,
    /// Type in words: `string`, `array of strings`, `string or integer`.
    pub type_text: String,
    /// True if `null` is allowed as well.
    pub nullable: bool,
    pub required: Required,
    /// In Markdown; may be empty.
    pub description: String,
    /// Default value, as JSON.
    pub default: Option<String>,
    /// Other constraints, each in a few words: `1 to 50 characters`.
    pub constraints: Vec<String>,
    /// Values of an `enum` or `const`, as JSON.
    pub values: Vec<String>,
    pub example: Option<Value>,
    pub deprecated: bool,
    /// Fields of the object, or of the elements of the array.
    pub children: Vec<Field>,
    /// Forms of a `oneOf` or `anyOf`; empty if there is only one form.
    pub alternatives: Vec<Alternative>,
}

/// One form of a `oneOf` or `anyOf`.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// Title, schema name or type.
    pub label: String,
    pub fields: Vec<Field>,
}

/// The presence requirement of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Required {
    Yes,
    /// Depends on other fields, as the description explains.
    Sometimes,
    No,
}

impl Required {
    /// Returns the text of the "Required" column.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Yes => "Yes",
            Self::Sometimes => "Yes*",
            Self::No => "No",
        }
    }
}

impl Field {
    /// Returns true if the row can be expanded.
    pub fn has_children(&self) -> bool {
        !self.children.is_empty() || !self.alternatives.is_empty()
    }
}

impl Document {
    /// Returns the rows of a schema: the fields of the object, or of the array's elements.
    pub fn fields(&self, schema: &Schema) -> Vec<Field> {
        self.field("", schema).children
    }

    /// Returns the row of a single value, such as a parameter.
    pub fn field(&self, name: &str, schema: &Schema) -> Field {
        field(&self.root, name, &schema.0, &mut Vec::new())
    }
}

/// Builds a row. `above` has the names of the enclosing schemas, to detect recursion.
fn field<'a>(root: &'a Value, name: &str, schema: &'a Value, above: &mut Vec<&'a str>) -> Field {
    let level = flat(root, schema);
    let depth = above.len();
    let is_circle = level.names.iter().any(|name| above.contains(name)) || depth > DEEPEST * 2;
    // Unnamed schemas count towards the depth.
    above.extend(&level.names);
    above.push("");
    let (mut children, mut alternatives) = (Vec::new(), Vec::new());
    if !is_circle {
        let inner = innermost(root, &level);
        let is_inside_itself = inner.names.iter().any(|name| above[..depth].contains(name));
        if !is_inside_itself {
            above.extend(&inner.names);
            children = members(root, &inner, above);
            alternatives = forms(root, &inner, above);
        }
    }
    above.truncate(depth);
    let described = alone(root, &level);
    Field {
        name: name.to_owned(),
        type_text: type_text(root, &level, 0),
        nullable: level.nullable,
        required: Required::No,
        description: described.description.trim().to_owned(),
        default: level.default.map(Value::to_string),
        constraints: constraints(root, &level),
        values: values(&described),
        example: level.example.or(described.example).cloned(),
        deprecated: level.deprecated,
        children,
        alternatives,
    }
}

/// Unwraps a schema whose only alternative is `null`.
fn alone<'a>(root: &'a Value, level: &Flat<'a>) -> Flat<'a> {
    let [only] = level.alternatives()[..] else {
        return level.clone();
    };
    let mut inner = flat(root, only);
    inner.nullable |= level.nullable;
    if !level.description.is_empty() {
        inner.description = level.description;
    }
    inner
}

/// Returns the element schema of nested arrays and maps.
fn innermost<'a>(root: &'a Value, level: &Flat<'a>) -> Flat<'a> {
    let mut inner = alone(root, level);
    for _ in 0..DEEPEST {
        let items = inner.items.filter(|_| inner.is_list());
        match (items, map_value(&inner)) {
            (Some(next), _) | (None, Some(next)) => inner = alone(root, &flat(root, next)),
            (None, None) => break,
        }
    }
    inner
}

/// Returns the value schema of a map, that is of an object with arbitrary member names.
fn map_value<'a>(level: &Flat<'a>) -> Option<&'a Value> {
    let value = level.additional.filter(|value| value.is_object())?;
    level.properties.is_empty().then_some(value)
}

fn members<'a>(root: &'a Value, level: &Flat<'a>, above: &mut Vec<&'a str>) -> Vec<Field> {
    let sometimes = sometimes_required(level);
    let members = level.properties.iter().map(|(name, schema)| {
        let mut field = field(root, name, schema, above);
        field.required = if level.required.contains(name) {
            Required::Yes
        } else if sometimes.contains(name) {
            Required::Sometimes
        } else {
            Required::No
        };
        field
    });
    members.collect()
}

/// Returns the members that are only required in some cases.
fn sometimes_required<'a>(level: &Flat<'a>) -> Vec<&'a str> {
    let branches = level.conditions.iter().flat_map(|condition| {
        let branches = ["then", "else"].map(|branch| condition.get(branch));
        branches.into_iter().flatten()
    });
    let lists = level.one_of.iter().chain(&level.any_of);
    let demands = lists.flat_map(|schemas| schemas.iter().filter(|schema| demands_only(schema)));
    let required = branches.chain(demands).map(|branch| &branch["required"]);
    let names = required.filter_map(Value::as_array).flatten();
    names.filter_map(Value::as_str).collect()
}

/// Returns the forms of a schema that has several.
fn forms<'a>(root: &'a Value, level: &Flat<'a>, above: &mut Vec<&'a str>) -> Vec<Alternative> {
    let alternatives = level.alternatives();
    if alternatives.len() < 2 {
        return Vec::new();
    }
    let forms = alternatives.into_iter().map(|schema| {
        let form = flat(root, schema);
        let label = match (form.title, form.names.first()) {
            ("", None) => type_text(root, &form, 0),
            ("", Some(name)) => (*name).to_owned(),
            (title, _) => title.to_owned(),
        };
        let fields = field(root, "", schema, above).children;
        Alternative { label, fields }
    });
    forms.collect()
}

/// Describes the type of a value in words, without `null`.
fn type_text(root: &Value, level: &Flat<'_>, depth: usize) -> String {
    match alone(root, level) {
        level if level.is_list() && level.types.len() < 2 => {
            let element = level.items.filter(|_| depth < DEEPEST_WORDS);
            let element = element.map(|items| type_text(root, &flat(root, items), depth + 1));
            match element.as_deref() {
                None | Some("any") => "array".to_owned(),
                Some(element) => format!("array of {}", plural(element)),
            }
        }
        level if level.types.is_empty() => {
            let alternatives = level.alternatives();
            let mut words: Vec<String> = Vec::new();
            for form in alternatives.iter().filter(|_| depth < DEEPEST_WORDS) {
                let form = type_text(root, &flat(root, form), depth + 1);
                if !words.contains(&form) {
                    words.push(form);
                }
            }
            match words.is_empty() {
                false => words.join(" or "),
                true if level.is_object() => "object".to_owned(),
                true => of_values(level.values).to_owned(),
            }
        }
        level => level.types.join(" or "),
    }
}

fn plural(words: &str) -> String {
    match words.split_once(' ') {
        Some((first, rest)) if !rest.starts_with("or ") => format!("{first}s {rest}"),
        Some(_) => format!("({words})"),
        None => format!("{words}s"),
    }
}

/// Infers the type of `enum` values without a declared type.
fn of_values(values: Option<&[Value]>) -> &'static str {
    let mut types = values.into_iter().flatten().map(|value| match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    });
    match types.next() {
        Some(first) if types.all(|other| other == first) => first,
        _ => "any",
    }
}

fn values(level: &Flat<'_>) -> Vec<String> {
    let values = level.values.into_iter().flatten();
    values.map(Value::to_string).collect()
}

/// Lists the constraints besides the type, including those of array elements.
fn constraints(root: &Value, level: &Flat<'_>) -> Vec<String> {
    let level = alone(root, level);
    let mut words = Vec::new();
    if !level.format.is_empty() && !matches!(level.format, "int32" | "int64" | "double" | "float") {
        words.push(format!("format: {}", level.format));
    }
    words.extend(counted(level.min_length, level.max_length, "character"));
    words.extend(range(&level));
    if let Some(step) = level.multiple_of {
        words.push(format!("multiple of {step}"));
    }
    words.extend(counted(level.min_items, level.max_items, "element"));
    if level.unique_items {
        words.push("no element twice".to_owned());
    }
    words.extend(counted(
        level.min_properties,
        level.max_properties,
        "member",
    ));
    if !level.pattern.is_empty() {
        words.push(format!("pattern: {}", level.pattern));
    }
    if level.read_only {
        words.push("only in responses".to_owned());
    }
    if level.write_only {
        words.push("only in requests".to_owned());
    }
    if let Some(items) = level.items {
        let element = flat(root, items);
        let of_elements = constraints_of_elements(&element);
        words.extend(of_elements.map(|words| format!("each {words}")));
    }
    words
}

fn constraints_of_elements(element: &Flat<'_>) -> impl Iterator<Item = String> {
    let format = (!element.format.is_empty()).then(|| format!("in the format {}", element.format));
    let length = counted(element.min_length, element.max_length, "character");
    let values = values(element);
    let values = (!values.is_empty()).then(|| format!("one of {}", values.join(", ")));
    format.into_iter().chain(length).chain(values)
}

/// Formats a length or count constraint, such as `1 to 50 characters`.
fn counted(low: Option<u64>, high: Option<u64>, unit: &str) -> Option<String> {
    let words = |number| number::counted(number, unit);
    match (low.filter(|low| *low > 0), high) {
        (Some(low), Some(high)) if low == high => Some(format!("exactly {}", words(low))),
        (Some(low), Some(high)) => Some(format!("{} to {}", number::grouped(low), words(high))),
        (Some(low), None) => Some(format!("at least {}", words(low))),
        (None, Some(high)) => Some(format!("at most {}", words(high))),
        (None, None) => None,
    }
}

/// Formats a numeric range, such as `1 to 100` or `more than 0`.
fn range(level: &Flat<'_>) -> Option<String> {
    let low = level.minimum.map(|bound| {
        if bound.exclusive {
            format!("more than {}", bound.value)
        } else {
            format!("at least {}", bound.value)
        }
    });
    let high = level.maximum.map(|bound| {
        if bound.exclusive {
            format!("less than {}", bound.value)
        } else {
            format!("at most {}", bound.value)
        }
    });
    match (level.minimum, level.maximum) {
        (Some(low), Some(high)) if !low.exclusive && !high.exclusive => {
            Some(format!("{} to {}", low.value, high.value))
        }
        _ => match (low, high) {
            (Some(low), Some(high)) => Some(format!("{low}, {high}")),
            (low, high) => low.or(high),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::openapi::test_documents::{ours, petstore, warehouse};

    /// Returns name, type and "Required" label of each field.
    fn rows(fields: &[Field]) -> Vec<(&str, &str, &str)> {
        let rows = fields.iter();
        rows.map(|it| (it.name.as_str(), it.type_text.as_str(), it.required.label()))
            .collect()
    }

    fn body(document: &Document, slug: &str) -> Vec<Field> {
        let operation = document.operation(slug).unwrap();
        document.fields(&operation.json_body().unwrap().schema)
    }

    fn named<'a>(fields: &'a [Field], name: &str) -> &'a Field {
        fields.iter().find(|field| field.name == name).unwrap()
    }

    #[test]
    fn sending_is_as_the_specification_shows_it() {
        let fields = body(&ours(), "send-email");
        assert_eq!(
            rows(&fields),
            [
                ("to", "string", "Yes"),
                ("from", "string", "No"),
                ("subject", "string", "Yes*"),
                ("html_body", "string", "Yes*"),
                ("text_body", "string", "No"),
                ("template_id", "string", "No"),
                ("variables", "object", "No"),
                ("track_opens", "boolean", "No"),
                ("track_clicks", "boolean", "No"),
                ("tags", "array of strings", "No"),
            ]
        );
        for (name, description) in [
            ("to", "Recipient email address"),
            ("from", "Sender email (defaults to account default)"),
            ("subject", "Email subject (*required if not using template)"),
            (
                "html_body",
                "HTML email body (*required if not using template)",
            ),
            ("text_body", "Plain text version"),
            ("template_id", "Template ID (alternative to subject/body)"),
            ("variables", "Template variables"),
            ("track_opens", "Enable open tracking (default: true)"),
            ("track_clicks", "Enable click tracking (default: true)"),
            ("tags", "Tags for organization"),
        ] {
            let field = named(&fields, name);
            assert!(field.description.starts_with(description), "{field:?}");
        }
        assert_eq!(
            named(&fields, "subject").constraints,
            ["1 to 200 characters"]
        );
        assert_eq!(
            named(&fields, "html_body").constraints,
            ["1 to 524,288 characters"]
        );
        assert_eq!(
            named(&fields, "tags").constraints,
            ["at most 10 elements", "each 1 to 50 characters"]
        );
    }

    #[test]
    fn every_field_of_ours_is_described() {
        let document = ours();
        for operation in &document.operations {
            let media = operation.responses.iter().flat_map(|it| &it.media);
            for media in media.chain(operation.json_body()) {
                let fields = document.fields(&media.schema);
                assert!(!fields.is_empty(), "{} has no fields", operation.id);
                for field in fields {
                    let place = format!("{}: {}", operation.id, field.name);
                    assert!(!field.description.is_empty(), "{place}");
                    assert_ne!(field.type_text, "any", "{place}");
                }
            }
        }
    }

    #[test]
    fn lists_of_objects_have_the_objects_fields() {
        let document = ours();
        let operation = document.operation("list-contacts").unwrap();
        let answer = &operation.success().unwrap().media[0];
        let fields = document.fields(&answer.schema);
        let data = named(&fields, "data");
        assert_eq!(data.type_text, "array of objects");
        assert_eq!(
            named(&data.children, "status").values,
            ["\"active\"", "\"unsubscribed\"", "\"bounced\""]
        );
        assert!(named(&fields, "next_cursor").nullable);
    }

    #[test]
    fn circles_are_named_but_not_unfolded() {
        let document = petstore();
        let fields =
            document.fields(&document.operation("list-pets").unwrap().responses[0].media[0].schema);
        assert_eq!(fields, [], "it is one of several forms");
        let error = document.operation("list-pets").unwrap();
        let error = error.responses.iter().find(|it| it.status == "default");
        let fields = document.fields(&error.unwrap().media[0].schema);
        assert_eq!(
            rows(&fields),
            [("code", "integer", "Yes"), ("cause", "object", "No")]
        );
        assert!(fields[1].nullable);
        assert_eq!(fields[1].children, []);
    }

    #[test]
    fn forms_are_told_apart() {
        let document = petstore();
        let schema = &document
            .operation("list-pets-2")
            .unwrap()
            .json_body()
            .unwrap()
            .schema;
        let field = document.field("pet", schema);
        let labels: Vec<_> = field
            .alternatives
            .iter()
            .map(|it| it.label.as_str())
            .collect();
        assert_eq!(labels, ["Cat", "A good dog"]);
        let cat = &field.alternatives[0].fields;
        assert_eq!(named(cat, "kind").required, Required::Yes);
        assert_eq!(
            named(cat, "weight").constraints,
            ["at least 0.5", "multiple of 0.5"]
        );
        assert_eq!(named(cat, "born").constraints, ["format: date"]);
        let children = named(cat, "children");
        assert_eq!(children.type_text, "array of objects");
        assert_eq!(named(cat, "lives").constraints, ["1 to 9"]);
        let friends = named(&field.alternatives[1].fields, "friends");
        assert_eq!(
            (friends.type_text.as_str(), friends.has_children()),
            ("object", false)
        );
    }

    #[test]
    fn schemas_in_place_and_lists_of_lists() {
        let document = warehouse();
        let operation = &document.operation("get-v2-shelves-shelf-boxes").unwrap();
        let fields = document.fields(&operation.responses[0].media[0].schema);
        assert_eq!(
            rows(&fields),
            [
                ("code", "string", "Yes"),
                ("size", "array of numbers", "No")
            ]
        );
        assert_eq!(fields[1].constraints, ["exactly 3 elements"]);
        let fields = body(&document, "put-v2-shelves-shelf-boxes");
        assert_eq!(
            rows(&fields),
            [
                ("boxes", "array", "No"),
                ("owner", "string or object", "No"),
                ("count", "integer", "No"),
                ("either", "string", "Yes*"),
                ("or", "string", "Yes*"),
                ("state", "string", "No"),
                ("anything", "any", "No"),
                ("labels", "object", "No"),
            ]
        );
        assert_eq!(
            named(&fields, "count").constraints,
            ["more than 0, less than 100"]
        );
        assert_eq!(named(&fields, "state").values, ["\"new\""]);
        assert_eq!(
            named(&fields, "boxes").constraints,
            ["no element twice", "each one of \"small\", \"large\", 7"]
        );
        assert_eq!(named(&fields, "owner").alternatives.len(), 2);
    }
}
