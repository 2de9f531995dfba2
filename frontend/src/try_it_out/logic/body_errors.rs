//! Errors in a JSON body while it is being typed: syntax and schema, with their positions.

use super::json_position::{Position, locate, parse};
use shared::reference::{Schema, validate};

/// A syntax or schema error in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyError {
    /// What to change, in one sentence.
    pub message: String,
    pub at: Position,
}

/// Validates the text of a JSON body. Returns the errors from top to bottom.
pub fn body_errors(schema: &Schema, text: &str) -> Vec<BodyError> {
    let value = match parse(text) {
        Ok(value) => value,
        Err((at, message)) => return vec![BodyError { message, at }],
    };
    let start = Position::at(text, 0);
    let mut errors: Vec<_> = validate(schema, &value)
        .into_iter()
        .map(|violation| BodyError {
            at: locate(text, &violation.pointer).unwrap_or(start),
            message: violation.message,
        })
        .collect();
    errors.sort_by_key(|error| error.at);
    errors
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Returns line, column and message of each error.
    fn errors(text: &str) -> Vec<(usize, usize, String)> {
        let schema = json!({
            "type": "object",
            "closed": true,
            "fields": [
                { "name": "to", "required": "yes",
                    "schema": { "type": "string", "format": "email" } },
                { "name": "subject", "required": "yes", "schema": { "type": "string" } },
                { "name": "tags", "required": "no", "schema": { "type": "array",
                    "items": { "type": "string", "length": { "min": 1 } } } },
            ],
        });
        let schema = serde_json::from_value(schema).unwrap();
        let errors = body_errors(&schema, text).into_iter();
        errors
            .map(|error| (error.at.line, error.at.column, error.message))
            .collect()
    }

    #[test]
    fn schema_errors_have_positions() {
        assert_eq!(errors(r#"{"to": "a@b.example", "subject": "x"}"#), []);
        assert_eq!(
            errors("{\n  \"to\": \"a\",\n  \"tags\": [\"\"],\n  \"html\": 1\n}"),
            [
                (1, 1, "The field `subject` is missing.".into()),
                (
                    2,
                    9,
                    "This is not an email address. Use the form name@example.com.".into()
                ),
                (3, 12, "This must not be empty.".into()),
                (
                    4,
                    11,
                    "There is no field `html` here. Known: to, subject, tags.".into()
                ),
            ]
        );
        assert_eq!(
            errors("[]"),
            [(1, 1, "This must be an object, not a list.".into())]
        );
    }

    #[test]
    fn a_syntax_error_is_the_only_one() {
        assert_eq!(
            errors("{\n  \"to\": \"a\"\n  \"b\": 1\n}"),
            [(3, 3, "A comma or a } is missing here.".into())]
        );
    }
}
