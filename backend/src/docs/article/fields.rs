//! The fields of parameters and bodies, with their constraints.

use super::sentence;
use maud::{Markup, html};
use shared::reference::{Field, Required, Schema};

/// Direction of the data that fields describe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Says which fields are required.
    Request,
    /// All fields are sent.
    Response,
}

/// Renders one row per field. `id` is the prefix of the rows' anchors: `{id}-{name}`, with dots
/// for nested fields. `name` is the accessible name of the list.
pub fn fields<'a>(
    fields: impl IntoIterator<Item = &'a Field>,
    direction: Direction,
    id: &str,
    name: &str,
) -> Markup {
    html! {
        ul.fields role="list" aria-label=(name) {
            @for field in fields { (row(field, direction, &format!("{id}-{}", field.name))) }
        }
    }
}

fn row(field: &Field, direction: Direction, id: &str) -> Markup {
    let schema = &field.schema;
    let nested = &schema.innermost().fields;
    html! {
        li.field-row id=(id) {
            p.field-row__head {
                code.field-row__name { (field.name) }
                span.field-row__type { (type_text(field, direction)) }
                @if field.deprecated { span.badge.badge--outline { "Deprecated" } }
                @if direction == Direction::Request { (requirement(field.required)) }
            }
            @if !schema.description.is_empty() {
                p.field-row__text { (sentence(&schema.description)) }
            }
            (constraints(schema, direction))
            @if !nested.is_empty() {
                details.field-row__nested {
                    summary { "Fields of " code { (field.name) } }
                    ul.fields role="list" aria-label={ "Fields of " (field.name) } {
                        @for child in nested {
                            (row(child, direction, &format!("{id}.{}", child.name)))
                        }
                    }
                }
            }
        }
    }
}

/// Describes the type. On an optional field of a request, `null` means the same as leaving it out.
fn type_text(field: &Field, direction: Direction) -> String {
    let is_nullable = field.schema.nullable
        && (direction == Direction::Response || field.required == Required::Yes);
    let text = field.schema.type_text();
    if is_nullable {
        format!("{text} or null")
    } else {
        text
    }
}

fn requirement(required: Required) -> Markup {
    html! {
        @match required {
            Required::Yes => { span.field-row__required { "required" } }
            Required::Sometimes => { span.field-row__required { "required*" } }
            Required::No => { span.field-row__optional { "optional" } }
        }
    }
}

/// Renders constraints besides the type, allowed values and the default.
fn constraints(schema: &Schema, direction: Direction) -> Markup {
    let is_described = schema.description.to_lowercase().contains("default");
    let default = schema.default.as_ref().filter(|_| !is_described);
    let texts = schema.constraints().into_iter();
    // Obvious for counts that the server returns.
    let texts = texts.filter(|text| direction == Direction::Request || text != "at least 0");
    let texts: Vec<_> = texts.collect();
    html! {
        @if !schema.values.is_empty() || default.is_some() || !texts.is_empty() {
            ul.field-row__constraints role="list" {
                @if !schema.values.is_empty() {
                    li {
                        "One of "
                        @for (index, value) in schema.values.iter().enumerate() {
                            @if index > 0 { ", " }
                            code.code { (value) }
                        }
                    }
                }
                @if let Some(default) = default {
                    li { "Default: " code.code { (default) } }
                }
                @for text in &texts { li { (constraint(text)) } }
            }
        }
    }
}

/// Renders a constraint with a capital letter, and patterns as code.
fn constraint(text: &str) -> Markup {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    html! {
        @match text.strip_prefix("pattern: ") {
            Some(pattern) => { "Pattern: " code.code { (pattern) } }
            None => { @if let Some(first) = first { (first) } (letters.as_str()) }
        }
    }
}
