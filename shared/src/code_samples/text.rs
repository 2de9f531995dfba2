//! Quoting of strings in generated code.

use std::fmt::Write;

/// Returns true for characters that are invisible or change how the following text is displayed,
/// such as bidirectional controls. They are always escaped.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Quotes a string as in JavaScript and JSON.
pub fn json(text: &str) -> String {
    quoted(text, |c| {
        let mut escape = String::new();
        for unit in c.encode_utf16(&mut [0; 2]) {
            write!(escape, "\\u{unit:04x}").ok();
        }
        escape
    })
}

/// Quotes a string with double quotes. `escape` formats special characters, apart from the escapes
/// that all languages share.
pub fn quoted(text: &str, escape: impl Fn(char) -> String) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if is_invisible(c) => quoted.push_str(&escape(c)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
