//! A body as somebody types it: is it JSON, does it fit the schema, and where not.

use super::{
    document::Document,
    operation::Schema,
    position::{Position, locate, parse},
    validate::faults,
};

/// Something that is wrong with a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A JSON pointer to the value, such as `/tags/0`; empty for the whole, and for
    /// what is no JSON.
    pub pointer: String,
    /// What is wrong, in a sentence.
    pub message: String,
    /// Where it is.
    pub at: Position,
}

impl Document {
    /// What is wrong with the text of a JSON body, from top to bottom.
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
