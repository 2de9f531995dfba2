//! Fields of parameters and bodies as nested lists.

use shared::reference::{Field, Required, Schema};
use std::fmt::Write;

/// Direction of the data that fields describe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Says which fields are required.
    Request,
    /// All fields are sent.
    Response,
}

/// Renders one item per field, with nested fields below it.
pub fn list<'a>(fields: impl IntoIterator<Item = &'a Field>, direction: Direction) -> String {
    let mut text = String::new();
    append(&mut text, fields, direction, 0);
    text
}

fn append<'a>(
    text: &mut String,
    fields: impl IntoIterator<Item = &'a Field>,
    direction: Direction,
    depth: usize,
) {
    for field in fields {
        let Field { name, schema, .. } = field;
        let indent = "  ".repeat(depth);
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{indent}- `{name}` ({}){}",
            facts(field, direction),
            explanation(schema, direction)
        );
        append(text, &schema.innermost().fields, direction, depth + 1);
    }
}

/// Describes type and presence: `string or null, required`.
fn facts(field: &Field, direction: Direction) -> String {
    let mut facts = field.schema.type_text();
    // On an optional field of a request, `null` means the same as leaving it out.
    let may_be_null = direction == Direction::Response || field.required == Required::Yes;
    if field.schema.nullable && may_be_null {
        facts.push_str(" or null");
    }
    if direction == Direction::Request {
        facts.push_str(match field.required {
            Required::Yes => ", required",
            Required::Sometimes => ", required in some cases",
            Required::No => ", optional",
        });
    }
    if field.deprecated {
        facts.push_str(", deprecated");
    }
    facts
}

/// Renders description, allowed values, default and constraints.
fn explanation(schema: &Schema, direction: Direction) -> String {
    let mut sentences = Vec::new();
    if !schema.description.is_empty() {
        sentences.push(sentence(&schema.description));
    }
    if !schema.values.is_empty() {
        let values = schema.values.iter().map(|value| match value.as_str() {
            Some(text) => format!("`{text}`"),
            None => format!("`{value}`"),
        });
        sentences.push(format!("One of {}.", values.collect::<Vec<_>>().join(", ")));
    }
    let is_described = schema.description.to_lowercase().contains("default");
    if let Some(default) = schema.default.as_ref().filter(|_| !is_described) {
        sentences.push(format!("Default: `{default}`."));
    }
    let constraints = schema.constraints().into_iter();
    // Obvious for counts that the server returns.
    let constraints =
        constraints.filter(|it| direction == Direction::Request || it != "at least 0");
    let constraints: Vec<_> = constraints.map(|it| constraint(&it)).collect();
    if !constraints.is_empty() {
        sentences.push(format!("Constraints: {}.", constraints.join("; ")));
    }
    if sentences.is_empty() {
        String::new()
    } else {
        format!(": {}", sentences.join(" "))
    }
}

/// Renders a pattern as code, because it has characters that Markdown interprets.
fn constraint(text: &str) -> String {
    match text.split_once(": ") {
        Some(("pattern", pattern)) => format!("pattern `{pattern}`"),
        _ => text.to_owned(),
    }
}

/// Joins the lines of a description and adds the period that short ones lack.
pub fn sentence(text: &str) -> String {
    let line = one_line(text);
    if line.ends_with(['.', '!', '?', ':']) {
        line
    } else {
        format!("{line}.")
    }
}

/// Joins the lines of a paragraph.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
