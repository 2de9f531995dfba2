//! A JSON template with placeholders for the numbers that change. serde would format the constant
//! text again for each response.

use serde::Serialize;

/// Placeholder for a number that is filled in later. No limit is this large.
pub const PLACEHOLDER: u32 = u32::MAX;

/// The pieces of text between placeholders.
#[derive(Debug, Default)]
pub struct JsonTemplate(Vec<String>);

impl JsonTemplate {
    /// Serializes a value that has [`PLACEHOLDER`] in place of each changing number.
    pub fn new(value: &impl Serialize) -> Self {
        // Serializing numbers and strings cannot fail.
        let text = serde_json::to_string(value).unwrap_or_default();
        Self(
            text.split(&PLACEHOLDER.to_string())
                .map(str::to_owned)
                .collect(),
        )
    }

    /// Appends the text with the placeholders replaced by `numbers`, in order.
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
        let template = JsonTemplate::new(
            &serde_json::json!({"a": PLACEHOLDER, "b": [1, PLACEHOLDER], "c": PLACEHOLDER}),
        );
        let mut json = Vec::new();
        template.fill(&mut json, [0, 42, 100_000_000]);
        assert_eq!(json, br#"{"a":0,"b":[1,42],"c":100000000}"#);
    }
}
