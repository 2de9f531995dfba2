//! Fills the gaps of templates. Whoever writes a template is a customer, not one of
//! us: it can reach nothing but its variables, and what it may cost is bounded.

use crate::models::template as stored;
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Template, UndefinedBehavior, Value, value::Serde,
};
use serde_json::Map;
use shared::{
    email::{BODY_MAX_BYTES, SUBJECT_MAX_CHARS},
    error::{ErrorCode, FieldError},
};

/// What one of the three parts may cost: instructions, and 64 bytes of data each.
const FUEL: u64 = 100_000;

/// The three parts of a mail with gaps in them.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Of the subject.
    pub subject: &'a str,
    /// Of the HTML; variables are escaped.
    pub html_body: &'a str,
    /// Of the text, if it is not to be made from the HTML.
    pub text_body: Option<&'a str>,
}

/// The three parts without gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject, one line.
    pub subject: String,
    /// The HTML.
    pub html_body: String,
    /// The text, if it is not to be made from the HTML.
    pub text_body: Option<String>,
}

fn engine<'a>() -> Environment<'a> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_fuel(Some(FUEL));
    // Remembers where in the template a fault is.
    engine.set_debug(true);
    engine.set_auto_escape_callback(|part| match part {
        "html_body" => AutoEscape::Html,
        _ => AutoEscape::None,
    });
    engine
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
    fn parts(&self) -> impl Iterator<Item = (&'static str, &'a str)> {
        let text = self.text_body.map(|text| ("text_body", text));
        [("subject", self.subject), ("html_body", self.html_body)]
            .into_iter()
            .chain(text)
    }

    /// Which parts are not templates, and why.
    pub fn check(&self) -> Result<(), Vec<FieldError>> {
        let engine = engine();
        let faults = self.parts().filter_map(|(part, source)| {
            let error = engine.template_from_named_str(part, source).err()?;
            let message = explain(&error);
            Some(FieldError::new(part, ErrorCode::InvalidField, message))
        });
        shared::validate::finish(faults.collect())
    }

    /// Fills the gaps, or says what is missing or goes wrong.
    pub fn render(&self, given: &Map<String, serde_json::Value>) -> Result<Rendered, FieldError> {
        let engine = engine();
        let variables = Value::from(Serde(given));
        let fill = |part: &'static str, source: &str| {
            let template = engine.template_from_named_str(part, source);
            let template = template.map_err(|error| fault(part, &error))?;
            template.render(variables.clone()).map_err(|error| {
                match missing(&template, &error, given) {
                    Some(name) => missing_variable(part, &name),
                    None => fault(part, &error),
                }
            })
        };
        let subject = fill("subject", self.subject)?;
        // A variable may have brought line breaks.
        let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        let chars = subject.chars().count();
        if !(1..=SUBJECT_MAX_CHARS).contains(&chars) {
            return Err(too_long("subject", chars, SUBJECT_MAX_CHARS, "characters"));
        }
        let html_body = fill("html_body", self.html_body)?;
        let text_body = self
            .text_body
            .map(|text| fill("text_body", text))
            .transpose()?;
        for (part, body) in [
            ("html_body", Some(&html_body)),
            ("text_body", text_body.as_ref()),
        ] {
            if let Some(length) = body.map(String::len).filter(|len| *len > BODY_MAX_BYTES) {
                return Err(too_long(part, length, BODY_MAX_BYTES, "bytes"));
            }
        }
        Ok(Rendered {
            subject: subject.chars().filter(|c| !c.is_control()).collect(),
            html_body,
            text_body,
        })
    }
}

fn too_long(part: &str, is: usize, max: usize, unit: &str) -> FieldError {
    let message =
        format!("The template's {part} comes to {is} {unit} with these; 1 to {max} are allowed.");
    FieldError::new("variables", ErrorCode::InvalidField, message)
}

fn missing_variable(part: &str, name: &str) -> FieldError {
    let message = format!("The template's {part} needs the variable {name}.");
    let field = format!("variables.{name}");
    FieldError::new(&field, ErrorCode::MissingVariable, message)
}

/// What else goes wrong with a part.
fn fault(part: &str, error: &Error) -> FieldError {
    let reason = explain(error);
    let message = format!("The template's {part} does not work with these. {reason}");
    FieldError::new("variables", ErrorCode::InvalidField, message)
}

/// The variable for lack of which a template failed: the one that stands where it
/// failed, else the first in the template that was not given.
fn missing(
    template: &Template<'_, '_>,
    error: &Error,
    given: &Map<String, serde_json::Value>,
) -> Option<String> {
    if error.kind() != ErrorKind::UndefinedError {
        return None;
    }
    let source = template.source();
    let used = template.undeclared_variables(true);
    let here = error.range().and_then(|range| source.get(range));
    let here = here.and_then(|expression| {
        let begins = used.iter().filter(|name| expression.starts_with(*name));
        begins.max_by_key(|name| name.len())
    });
    let absent = used
        .iter()
        .filter(|name| first_absent(name, given).is_some());
    let name = here.or_else(|| absent.min_by_key(|name| source.find(*name)))?;
    Some(first_absent(name, given).unwrap_or(name).to_owned())
}

/// The part of `user.name.first` that is not there: `user.name` if there is a `user`.
fn first_absent<'a>(path: &'a str, given: &Map<String, serde_json::Value>) -> Option<&'a str> {
    let mut inside = Some(given);
    let mut start = 0;
    for name in path.split('.') {
        let end = start + name.len();
        let Some(value) = inside.and_then(|map| map.get(name)) else {
            return Some(&path[..end]);
        };
        inside = value.as_object();
        start = end + 1;
    }
    None
}

fn explain(error: &Error) -> String {
    let reason = match error.kind() {
        ErrorKind::OutOfFuel => "it takes too many steps or makes too much text".to_owned(),
        kind => error
            .detail()
            .map_or_else(|| kind.to_string(), str::to_owned),
    };
    match error.line() {
        Some(line) => format!("Line {line}: {reason}."),
        None => format!("{reason}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn render(html_body: &str, variables: serde_json::Value) -> Result<Rendered, FieldError> {
        let subject = "Hi {{ name }}";
        let text_body = Some("Hi {{ name }}");
        let source = Source {
            subject,
            html_body,
            text_body,
        };
        source.render(variables.as_object().unwrap())
    }

    #[test]
    fn variables_are_escaped_in_html_only() {
        let mail = render("<p>{{ name }}</p>", json!({"name": "<b>&\r\nBcc: x"})).unwrap();
        assert_eq!(mail.html_body, "<p>&lt;b&gt;&amp;\r\nBcc: x</p>");
        assert_eq!(mail.subject, "Hi <b>& Bcc: x");
        assert_eq!(mail.text_body.as_deref(), Some("Hi <b>&\r\nBcc: x"));
    }

    #[test]
    fn missing_variables_are_named() {
        for (html, missing) in [
            ("{{ company }}", "variables.company"),
            ("{{ user.first }}", "variables.user.first"),
            ("{{ nobody.first }}", "variables.nobody"),
            ("{{ company|upper }}", "variables.company"),
            ("{% for x in items %}{% endfor %}", "variables.items"),
            ("{% if company %}{% endif %}", "variables.company"),
        ] {
            let error = render(html, json!({"name": "A", "user": {}})).unwrap_err();
            assert_eq!(
                (error.field.as_str(), error.code),
                (missing, ErrorCode::MissingVariable),
                "{html}"
            );
        }
        let html = "{{ company|default('us') }}{% if x is defined %}{{ x }}{% endif %}";
        assert_eq!(render(html, json!({"name": "A"})).unwrap().html_body, "us");
    }

    #[test]
    fn templates_reach_nothing_and_cost_little() {
        let mut doubling = String::from("{% set a = name %}");
        for _ in 0..40 {
            doubling.push_str("{% set a = a ~ a %}");
        }
        for html in [
            doubling.as_str(),
            "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
            "{{ 'x' * 999999999 }}",
            "{{ range(99999)|join('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx') }}",
        ] {
            assert!(
                render(html, json!({"name": "A".repeat(1000)})).is_err(),
                "{html}"
            );
        }
        for html in [
            "{% include 'x' %}",
            "{% import 'x' as x %}",
            "{{ }}",
            "{% if %}",
        ] {
            let source = Source {
                subject: "a\n{{",
                html_body: html,
                text_body: None,
            };
            let errors = source.check().unwrap_err();
            assert_eq!(errors.len(), 2, "{html}: {errors:?}");
            assert!(errors[0].message.starts_with("Line 2: "), "{errors:?}");
        }
    }
}
