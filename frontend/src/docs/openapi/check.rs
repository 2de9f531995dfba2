//! Validates a JSON body while it is being typed: syntax, schema and error positions.

use crate::docs::openapi::{
    document::Document,
    operation::Schema,
    position::{Position, locate, parse},
    validate::faults,
};

/// A syntax or schema error in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// JSON pointer to the invalid value, such as `/tags/0`. Empty for the whole body and for
    /// syntax errors.
    pub pointer: String,
    /// Explanation for the user, in one sentence.
    pub message: String,
    pub at: Position,
}

impl Document {
    /// Validates the text of a JSON body. Returns the errors from top to bottom.
    pub fn check(&self, schema: &Schema, text: &str) -> Vec<Fault> {
        let value = match parse(text) {
            Ok(value) => value,
            Err((at, message)) => {
                let pointer = String::new();
                return vec![Fault {
                    pointer,
                    message,
                    at,
                }];
            }
        };
        let faults = faults(&self.root, &schema.0, &value).into_iter();
        let start = Position::at(text, 0);
        let mut faults: Vec<_> = faults
            .map(|(pointer, message)| Fault {
                at: locate(text, &pointer).unwrap_or(start),
                pointer,
                message,
            })
            .collect();
        faults.sort_by_key(|fault| fault.at);
        faults
    }
}

#[cfg(test)]
mod tests {
    use crate::docs::openapi::test_documents::ours;

    /// Returns line, column and message of each error.
    fn faults(text: &str) -> Vec<(usize, usize, String)> {
        let document = ours();
        let operation = document.operation("send-email").unwrap();
        let faults = document.check(&operation.json_body().unwrap().schema, text);
        let faults = faults.into_iter();
        faults
            .map(|fault| (fault.at.line, fault.at.column, fault.message))
            .collect()
    }

    #[test]
    fn what_the_server_would_refuse_is_seen_before() {
        assert_eq!(faults(r#"{"to": "a@b.example", "template_id": "x"}"#), []);
        let inline = r#"{"to": "a@b.example", "subject": "x", "html_body": "y"}"#;
        assert_eq!(faults(inline), []);
        assert_eq!(
            faults("{\n  \"to\": \"a\",\n  \"tags\": [\"\"],\n  \"html\": 1\n}"),
            [
                (1, 1, "The field `subject` is missing.".into()),
                (1, 1, "The field `html_body` is missing.".into()),
                (
                    2,
                    9,
                    "This is not an email address. Use the form name@example.com.".into()
                ),
                (3, 12, "This must not be empty.".into()),
                (
                    4,
                    11,
                    "There is no field `html` here. Known: to, from, subject, html_body, \
                     text_body, template_id, variables, track_opens, track_clicks, tags."
                        .into()
                ),
            ]
        );
        let both = r#"{"to": "a@b.example", "template_id": "x", "subject": "y"}"#;
        assert_eq!(faults(both), [(1, 54, "Leave this out here.".into())]);
        assert_eq!(
            faults("[]"),
            [(1, 1, "This must be an object, not a list.".into())]
        );
    }

    #[test]
    fn what_is_no_json_is_one_fault() {
        assert_eq!(
            faults("{\n  \"to\": \"a\"\n  \"b\": 1\n}"),
            [(3, 3, "A comma or a } is missing here.".into())]
        );
    }
}
