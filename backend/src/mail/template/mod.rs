//! Template engine for customers' emails. The language is a small subset of Jinja2, designed for
//! hostile input: a lexer and a parser with limits on size, tokens, nesting and chains, and a
//! renderer that charges each step and byte to a [`Meter`]. Values borrow from the variables,
//! templates cannot build lists or assign variables, and text that a filter creates is charged
//! before it is allocated.
//!
//! Memory of one email is bounded by construction: at most 3 × 20,000 tokens and nodes of less than
//! 200 bytes, 2 MiB of created text and 3 × 512 KiB of output, which is below 16 MiB.
//! `mail::render_pool` processes two of them concurrently.
//!
//! minijinja cannot be restricted this far: its parser recurses on chains, and its values grow in
//! loops.

mod ast;
mod error;
mod filters;
mod lexer;
mod meter;
mod output;
mod parser;
mod render;
#[cfg(test)]
mod tests;
mod value;

pub use meter::{Meter, TIME_LIMIT};

use crate::{clock::Clock, models::template as stored};
use ast::Node;
use error::TemplateError;
use lexer::{TokenKind, tokenize};
use rustc_hash::FxHashSet;
use serde_json::{Map, Value};
use shared::{
    email::{BODY_MAX_BYTES, SUBJECT_MAX_CHARS},
    error::{ErrorCode, FieldError},
};

/// The templates of the three parts of an email.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source<'a> {
    pub subject: &'a str,
    /// Template of the HTML body; variables are escaped.
    pub html_body: &'a str,
    /// Template of the text body; `None` to derive the text from the HTML.
    pub text_body: Option<&'a str>,
}

/// The three rendered parts of an email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject on a single line.
    pub subject: String,
    pub html_body: String,
    /// The text body; `None` to derive it from the HTML.
    pub text_body: Option<String>,
}

/// A parsed [`Source`] that can be rendered many times.
pub struct Compiled<'a> {
    subject: Vec<Node<'a>>,
    html_body: Vec<Node<'a>>,
    text_body: Option<Vec<Node<'a>>>,
}

impl<'a> From<&'a stored::Template> for Source<'a> {
    fn from(template: &'a stored::Template) -> Self {
        Self {
            subject: &template.subject,
            html_body: &template.html_body,
            text_body: template.text_body.as_deref(),
        }
    }
}

impl<'a> Source<'a> {
    /// Returns an error for each part with invalid syntax, with line and reason.
    pub fn check(&self, clock: &Clock) -> Result<(), Vec<FieldError>> {
        let mut meter = Meter::start(clock);
        let text = self.text_body.map(|text| ("text_body", text));
        let parts = [("subject", self.subject), ("html_body", self.html_body)];
        let errors = parts.into_iter().chain(text).filter_map(|(part, source)| {
            let error = parse(source, &mut meter).err()?;
            let message = error.to_string();
            Some(FieldError::new(part, ErrorCode::InvalidField, message))
        });
        shared::validate::finish(errors.collect())
    }

    /// Parses all parts. Returns the first error.
    pub fn compile(&self, meter: &mut Meter) -> Result<Compiled<'a>, FieldError> {
        let mut compile =
            |part, source| parse(source, meter).map_err(|error| does_not_work(part, &error));
        Ok(Compiled {
            subject: compile("subject", self.subject)?,
            html_body: compile("html_body", self.html_body)?,
            text_body: self
                .text_body
                .map(|text| compile("text_body", text))
                .transpose()?,
        })
    }

    /// Returns all names in the templates, a superset of the variables that they can read.
    pub fn names(&self, meter: &mut Meter) -> Result<FxHashSet<&'a str>, FieldError> {
        let text = self.text_body.map(|text| ("text_body", text));
        let parts = [("subject", self.subject), ("html_body", self.html_body)];
        let mut names = FxHashSet::default();
        for (part, source) in parts.into_iter().chain(text) {
            let tokens = tokenize(source, meter).map_err(|error| does_not_work(part, &error))?;
            names.extend(tokens.into_iter().filter_map(|token| match token.kind {
                TokenKind::Name(name) => Some(name),
                _ => None,
            }));
        }
        Ok(names)
    }

    /// Parses and renders all parts within one budget.
    pub fn render(
        &self,
        variables: &Map<String, Value>,
        clock: &Clock,
    ) -> Result<Rendered, FieldError> {
        let mut meter = Meter::start(clock);
        self.compile(&mut meter)?.render(variables, &mut meter)
    }
}

impl Compiled<'_> {
    /// Renders all parts. Returns the first error.
    pub fn render(
        &self,
        variables: &Map<String, Value>,
        meter: &mut Meter,
    ) -> Result<Rendered, FieldError> {
        let mut fill = |part: &'static str, nodes: &[Node<'_>]| {
            let is_html = part == "html_body";
            render::render(nodes, variables, is_html, meter).map_err(|error| {
                match error.missing_variable() {
                    Some(name) => missing_variable(part, name),
                    None => does_not_work(part, &error),
                }
            })
        };
        let subject = fill("subject", &self.subject)?;
        // A variable may contain line breaks.
        let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        let chars = subject.chars().count();
        if !(1..=SUBJECT_MAX_CHARS).contains(&chars) {
            let message = format!(
                "The template's subject comes to {chars} characters with these; 1 to \
                 {SUBJECT_MAX_CHARS} are allowed."
            );
            return Err(FieldError::new(
                "variables",
                ErrorCode::InvalidField,
                message,
            ));
        }
        Ok(Rendered {
            subject: subject.chars().filter(|c| !c.is_control()).collect(),
            html_body: fill("html_body", &self.html_body)?,
            text_body: match &self.text_body {
                Some(nodes) => Some(fill("text_body", nodes)?),
                None => None,
            },
        })
    }
}

/// Checks the size and parses the template.
fn parse<'a>(source: &'a str, meter: &mut Meter) -> Result<Vec<Node<'a>>, TemplateError> {
    if source.len() > BODY_MAX_BYTES {
        let reason = format!("the template is longer than {BODY_MAX_BYTES} bytes");
        return Err(TemplateError::new(1, reason));
    }
    parser::parse(source, meter)
}

fn missing_variable(part: &str, name: &str) -> FieldError {
    let message = format!("The template's {part} needs the variable {name}.");
    let field = format!("variables.{name}");
    FieldError::new(&field, ErrorCode::MissingVariable, message)
}

fn does_not_work(part: &str, error: &TemplateError) -> FieldError {
    let message = format!("The template's {part} does not work with these. {error}");
    FieldError::new("variables", ErrorCode::InvalidField, message)
}
