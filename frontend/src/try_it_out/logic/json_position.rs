//! Positions in a JSON text: of syntax errors, and of the values that JSON pointers refer to.

use serde_json::Value;

/// A position in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Byte offset, from 0.
    pub offset: usize,
    /// Line number, from 1.
    pub line: usize,
    /// Character within the line, from 1.
    pub column: usize,
}

impl Position {
    /// Converts a byte offset to a position. Rounds down to a character boundary.
    pub fn at(text: &str, offset: usize) -> Self {
        let offset = (0..=offset.min(text.len()))
            .rev()
            .find(|offset| text.is_char_boundary(*offset))
            .unwrap_or(0);
        let before = &text[..offset];
        let start_of_line = before.rfind('\n').map_or(0, |index| index + 1);
        Self {
            offset,
            line: before.matches('\n').count() + 1,
            column: before[start_of_line..].chars().count() + 1,
        }
    }
}

/// Parses a JSON text. The error has its position and a message for users.
pub fn parse(text: &str) -> Result<Value, (Position, String)> {
    serde_json::from_str(text).map_err(|error| {
        let lines = text.split_inclusive('\n').take(error.line().max(1) - 1);
        let start_of_line: usize = lines.map(str::len).sum();
        // `serde_json` counts bytes, and reports the last one that it read.
        let offset = start_of_line + error.column().max(1) - 1;
        (Position::at(text, offset), plain(&error))
    })
}

/// Translates an error of `serde_json` into a message for users, without the position.
fn plain(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    let plain = match words {
        "EOF while parsing a value" => "A value is missing here.",
        "EOF while parsing an object" => "The object is not closed: a } is missing.",
        "EOF while parsing a list" => "The list is not closed: a ] is missing.",
        "EOF while parsing a string" => "The text is not closed: a \" is missing.",
        "expected value" => "This is not a value. Texts need double quotes.",
        "expected ident" => {
            "This is not a value: use true, false, null, or a text in double quotes."
        }
        "expected `:`" => "A : is missing after the name.",
        "expected `,` or `}`" => "A comma or a } is missing here.",
        "expected `,` or `]`" => "A comma or a ] is missing here.",
        "key must be a string" => "A member’s name needs double quotes.",
        "trailing comma" => "Remove the comma before this.",
        "trailing characters" => "Something follows after the end of the value.",
        "invalid escape" => "There is no such escape. Write a backslash as \\\\.",
        "invalid number" => "This is not a number as JSON writes them.",
        "number out of range" => "The number is too large.",
        "recursion limit exceeded" => "The lists and objects are too deep.",
        _ if words.starts_with("control character") => {
            "Line breaks and tabs in a text are written \\n and \\t."
        }
        _ => return format!("This is not JSON: {words}."),
    };
    plain.to_owned()
}

/// Returns the position of the value that `pointer` refers to or, if it is missing, of the
/// innermost existing parent.
pub fn locate(text: &str, pointer: &str) -> Option<Position> {
    let mut scanner = Scanner { text, offset: 0 };
    scanner.skip_blanks();
    let mut found = scanner.offset;
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        let entered = match scanner.peek()? {
            b'{' => scanner.enter_object(&token),
            b'[' => scanner.enter_list(&token),
            _ => None,
        };
        if entered.is_none() {
            break;
        }
        found = scanner.offset;
    }
    Some(Position::at(text, found))
}

/// Scans a text that is known to be valid JSON. Methods return `None` if it isn't.
struct Scanner<'a> {
    text: &'a str,
    offset: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.offset += 1;
        }
    }

    /// Skips `byte` and the whitespace after it.
    fn skip(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.offset += 1)?;
        self.skip_blanks();
        Some(())
    }

    /// Moves to the value of a member. The last one wins if the name is repeated.
    fn enter_object(&mut self, name: &str) -> Option<()> {
        self.skip(b'{')?;
        let mut found = None;
        while self.peek()? == b'"' {
            let start = self.offset;
            self.skip_text()?;
            let written = &self.text[start..self.offset];
            let is_it = serde_json::from_str::<String>(written).is_ok_and(|it| it == name);
            self.skip_blanks();
            self.skip(b':')?;
            if is_it {
                found = Some(self.offset);
            }
            self.skip_value()?;
            if self.skip(b',').is_none() {
                break;
            }
        }
        self.offset = found?;
        Some(())
    }

    /// Moves to an element of an array.
    fn enter_list(&mut self, index: &str) -> Option<()> {
        let index: usize = index.parse().ok()?;
        self.skip(b'[')?;
        for _ in 0..index {
            self.skip_value()?;
            self.skip(b',')?;
        }
        (self.peek()? != b']').then_some(())
    }

    fn skip_text(&mut self) -> Option<()> {
        self.offset += 1;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => self.offset += 2,
                _ => self.offset += 1,
            }
        }
        self.offset += 1;
        Some(())
    }

    fn skip_value(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => self.skip_text()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.offset += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.offset += 1;
                }
                _ => self.skip_word(),
            }
            self.skip_blanks();
            if depth == 0 {
                return Some(());
            }
            while depth > 0 && matches!(self.peek()?, b',' | b':') {
                self.offset += 1;
                self.skip_blanks();
            }
        }
    }

    /// Skips a number, `true`, `false` or `null`.
    fn skip_word(&mut self) {
        let rest = &self.text[self.offset..];
        let is_end = |c: char| ",:]}".contains(c) || c.is_ascii_whitespace();
        let length = rest.find(is_end).unwrap_or(rest.len());
        self.offset += length.max(1).min(rest.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> (usize, usize, String) {
        let (at, message) = parse(text).unwrap_err();
        (at.line, at.column, message)
    }

    #[test]
    fn faults_are_where_a_person_sees_them() {
        assert_eq!(
            fault("{'a': 1}"),
            (1, 2, "A member’s name needs double quotes.".into())
        );
        assert_eq!(fault("{\n\"ä\": tru}").0, 2);
        assert_eq!(
            fault("{\n  \"ä\": 1,\n}"),
            (3, 1, "Remove the comma before this.".into())
        );
        assert_eq!(fault("[1").2, "The list is not closed: a ] is missing.");
        assert_eq!(fault(""), (1, 1, "A value is missing here.".into()));
        assert_eq!(
            fault("{} x").2,
            "Something follows after the end of the value."
        );
        assert_eq!(
            fault("\"a\nb\"").2,
            "Line breaks and tabs in a text are written \\n and \\t."
        );
        assert_eq!(
            fault("{\"ä\" 1}"),
            (1, 6, "A : is missing after the name.".into())
        );
    }

    fn found(text: &str, pointer: &str) -> &'static str {
        let offset = locate(text, pointer).unwrap().offset;
        // Leaks a few bytes; fine in a test.
        let rest: String = text[offset..].chars().take(4).collect();
        rest.leak()
    }

    #[test]
    fn pointers_lead_to_values() {
        let text = r#" { "a" : [ 1, {"b/~": "x\"}]" } , -2.5e3 ], "c\u0064": true, "": null } "#;
        assert_eq!(found(text, ""), "{ \"a");
        assert_eq!(found(text, "/a"), "[ 1,");
        assert_eq!(found(text, "/a/0"), "1, {");
        assert_eq!(found(text, "/a/1/b~1~0"), "\"x\\\"");
        assert_eq!(found(text, "/a/2"), "-2.5");
        assert_eq!(found(text, "/cd"), "true");
        assert_eq!(found(text, "/"), "null");
        // A missing value has the position of its parent.
        assert_eq!(found(text, "/a/7"), "[ 1,");
        assert_eq!(found(text, "/a/1/x/y"), "{\"b/");
    }

    #[test]
    fn every_value_of_a_document_is_found() {
        let text = include_str!("fixtures/petstore.json");
        let root = parse(text).unwrap();
        let mut waiting = vec![(String::new(), &root)];
        let mut count = 0;
        while let Some((pointer, value)) = waiting.pop() {
            let offset = locate(text, &pointer).unwrap().offset;
            let mut values =
                serde_json::Deserializer::from_str(&text[offset..]).into_iter::<Value>();
            assert_eq!(values.next().unwrap().unwrap(), *value, "{pointer}");
            count += 1;
            match value {
                Value::Object(members) => waiting.extend(members.iter().map(|(name, value)| {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    (format!("{pointer}/{name}"), value)
                })),
                Value::Array(elements) => {
                    let elements = elements.iter().enumerate();
                    waiting.extend(elements.map(|(index, it)| (format!("{pointer}/{index}"), it)));
                }
                _ => {}
            }
        }
        assert!(count > 200);
    }

    #[test]
    fn broken_texts_do_no_harm() {
        for text in [
            "",
            "{",
            "[",
            "{\"a",
            "{\"a\":",
            "{\"a\":[1,",
            "}",
            "\\",
            "\"\\",
            "[[[",
            "{\"a\":\"\\",
        ] {
            for pointer in ["", "/a", "/0", "/a/0", "/0/0/0"] {
                locate(text, pointer);
            }
        }
    }
}
