//! The body of a request in code samples: a data literal of the language if that preserves the
//! value, else its text.

use crate::reference::HttpRequest;
use serde_json::Value;

/// 2^53. Larger integers lose precision in some languages.
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

/// The body that a sample sends.
pub enum Body {
    None,
    Json(Value),
    /// Not JSON, or JSON that would lose precision as a data literal.
    Text(String),
}

impl Body {
    /// Returns the body of `request`.
    pub fn of(request: &HttpRequest) -> Self {
        let Some(text) = &request.body else {
            return Self::None;
        };
        let is_json = request.headers.iter().any(|(name, value)| {
            name.eq_ignore_ascii_case("content-type") && value.contains("json")
        });
        match serde_json::from_str(text) {
            Ok(value) if is_json && is_exact(&value) => Self::Json(value),
            _ => Self::Text(text.clone()),
        }
    }
}

fn is_exact(value: &Value) -> bool {
    match value {
        Value::Number(number) => number
            .as_f64()
            .is_some_and(|number| number.fract() != 0.0 || number.abs() < LARGEST_EXACT),
        Value::Array(elements) => elements.iter().all(is_exact),
        Value::Object(members) => members.values().all(is_exact),
        _ => true,
    }
}

/// The syntax of data literals, for languages that mainly differ in brackets and separators.
pub struct Style {
    /// Opening and closing bracket of an object.
    pub object: (&'static str, &'static str),
    /// Literal of an object without members.
    pub empty_object: &'static str,
    /// Separator between name and value.
    pub arrow: &'static str,
    /// True if a comma follows the last element.
    pub trailing_comma: bool,
    /// One level of indentation.
    pub indent: &'static str,
    /// `true`, `false` and `null`.
    pub words: [&'static str; 3],
    /// Quotes a string.
    pub text: fn(&str) -> String,
    /// Formats a member name.
    pub name: fn(&str) -> String,
}

impl Style {
    /// Formats `value` as a literal. `depth` is the indentation level of the line where it begins.
    pub fn write(&self, value: &Value, depth: usize) -> String {
        match value {
            Value::Bool(true) => self.words[0].to_owned(),
            Value::Bool(false) => self.words[1].to_owned(),
            Value::Null => self.words[2].to_owned(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => (self.text)(text),
            Value::Array(elements) => {
                let written = elements.iter().map(|it| self.write(it, depth + 1));
                let written: Vec<_> = written.collect();
                let is_short = elements.iter().all(|it| !it.is_array() && !it.is_object());
                let length: usize = written.iter().map(String::len).sum();
                if is_short && length < 60 {
                    format!("[{}]", written.join(", "))
                } else {
                    self.lines(("[", "]"), written, depth)
                }
            }
            Value::Object(members) if members.is_empty() => self.empty_object.to_owned(),
            Value::Object(members) => {
                let written = members.iter().map(|(name, value)| {
                    let (name, value) = ((self.name)(name), self.write(value, depth + 1));
                    format!("{name}{}{value}", self.arrow)
                });
                self.lines(self.object, written.collect(), depth)
            }
        }
    }

    fn lines(&self, brackets: (&str, &str), lines: Vec<String>, depth: usize) -> String {
        let (inner, outer) = (self.indent.repeat(depth + 1), self.indent.repeat(depth));
        let comma = if self.trailing_comma { "," } else { "" };
        let separator = format!(",\n{inner}");
        let lines = lines.join(&separator);
        format!(
            "{}\n{inner}{lines}{comma}\n{outer}{}",
            brackets.0, brackets.1
        )
    }
}
