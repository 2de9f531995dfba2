//! curl samples for a POSIX shell.

use crate::code_samples::{
    KEY_VARIABLE, Key,
    body::{Body, Style},
    text::{self, is_invisible},
};
use crate::reference::HttpRequest;

const JSON: Style = Style {
    object: ("{", "}"),
    empty_object: "{}",
    arrow: ": ",
    trailing_comma: false,
    indent: "  ",
    words: ["true", "false", "null"],
    text: text::json,
    name: text::json,
};

pub fn sample(request: &HttpRequest, body: &Body, key: Key<'_>) -> String {
    let method = match request.method.as_str() {
        // curl would wait for a body otherwise.
        "HEAD" => "--head".to_owned(),
        method => format!("-X {method}"),
    };
    // curl would expand brackets and braces in the URL.
    let literal = if request.url.contains(['[', ']', '{', '}']) {
        " --globoff"
    } else {
        ""
    };
    let mut lines = vec![format!("curl {method}{literal} {}", word(&request.url))];
    if request.needs_key {
        lines.push(match key {
            Key::Variable => format!("-H \"Authorization: Bearer ${KEY_VARIABLE}\""),
            Key::Text(key) => format!("-H {}", quoted(&format!("Authorization: Bearer {key}"))),
        });
    }
    for (name, value) in &request.headers {
        lines.push(format!("-H {}", quoted(&format!("{name}: {value}"))));
    }
    match body {
        Body::None => {}
        // Continuation lines are indented below `-d`.
        Body::Json(value) => lines.push(format!("-d {}", single(&JSON.write(value, 1)))),
        Body::Text(text) => lines.push(format!("--data-raw {}", single(text))),
    }
    lines.join(" \\\n  ")
}

/// Formats a shell word, quoted only if necessary.
fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/%".contains(c);
    if text.chars().all(is_plain) {
        text.to_owned()
    } else {
        single(text)
    }
}

/// Quotes a string: with double quotes if nothing in it is special there, else with single quotes.
fn quoted(text: &str) -> String {
    if text.contains(['"', '\\', '$', '`', '!']) {
        single(text)
    } else {
        format!("\"{text}\"")
    }
}

/// Quotes a string with single quotes, where only the quote itself is special. Invisible characters
/// become escapes in `$'…'`.
fn single(text: &str) -> String {
    let is_hidden = |c: char| c != '\n' && c != '\t' && is_invisible(c);
    if !text.contains(is_hidden) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut quoted = String::from("$'");
    for c in text.chars() {
        match c {
            // Command arguments can't contain NUL.
            '\0' => {}
            '\'' | '\\' => quoted.extend(['\\', c]),
            c if is_hidden(c) => {
                let bytes = c.to_string().into_bytes();
                quoted.extend(bytes.iter().map(|byte| format!("\\x{byte:02x}")));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('\'');
    quoted
}
