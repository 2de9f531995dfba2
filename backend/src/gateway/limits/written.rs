//! A JSON text that is written once, with gaps for the numbers that change: serde
//! would look at every character of it again for every answer.

use serde::Serialize;

/// Stands for a number that is filled in later. No limit is as large.
pub const GAP: u32 = u32::MAX;

/// The pieces between the gaps.
#[derive(Debug, Default)]
pub struct Written(Vec<String>);

impl Written {
    /// The text of a value that has [`GAP`] where a number changes.
    pub fn new(value: &impl Serialize) -> Self {
        // A value of numbers and texts always has one.
        let text = serde_json::to_string(value).unwrap_or_default();
        Self(text.split(&GAP.to_string()).map(str::to_owned).collect())
    }

    /// Adds the text with these numbers in its gaps, in the order of the text.
    pub fn fill(&self, json: &mut Vec<u8>, numbers: impl IntoIterator<Item = u32>) {
        let mut numbers = numbers.into_iter();
        for piece in &self.0 {
            json.extend_from_slice(piece.as_bytes());
            if let Some(number) = numbers.next() {
                json.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_in_order() {
        let written = Written::new(&serde_json::json!({"a": GAP, "b": [1, GAP], "c": GAP}));
        let mut json = Vec::new();
        written.fill(&mut json, [0, 42, 100_000_000]);
        assert_eq!(json, br#"{"a":0,"b":[1,42],"c":100000000}"#);
    }
}
