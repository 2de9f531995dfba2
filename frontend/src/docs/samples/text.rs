//! Characters that must not stand in code as they are.

use std::fmt::Write;

/// Whether nobody can see the character, or it makes what follows look different: such
/// characters are always written as escapes.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// A text in double quotes, as JavaScript and JSON write it.
pub fn json(text: &str) -> String {
    quoted(text, |c| {
        let mut escape = String::new();
        for unit in c.encode_utf16(&mut [0; 2]) {
            write!(escape, "\\u{unit:04x}").ok();
        }
        escape
    })
}

/// A text in double quotes. `escape` writes what cannot stand in it; the escapes that
/// all languages share are taken care of.
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
