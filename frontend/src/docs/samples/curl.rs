//! A command line.

use crate::docs::openapi::HttpRequest;
use crate::docs::samples::{
    KEY_VARIABLE, Key,
    body::{Body, Style},
    text::{self, is_invisible},
};

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
        // curl waits for a body otherwise.
        "HEAD" => "--head".to_owned(),
        method => format!("-X {method}"),
    };
    // Brackets in an address would be taken for a pattern.
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
        // The first line stands behind `-d`, the others are indented under it.
        Body::Json(value) => lines.push(format!("-d {}", single(&JSON.write(value, 1)))),
        Body::Text(text) => lines.push(format!("--data-raw {}", single(text))),
    }
    lines.join(" \\\n  ")
}

/// A word of the command line, quoted only if it needs to be.
fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/%".contains(c);
    if text.chars().all(is_plain) {
        text.to_owned()
    } else {
        single(text)
    }
}

/// In double quotes if nothing in it has a meaning there, else in single ones.
fn quoted(text: &str) -> String {
    if text.contains(['"', '\\', '$', '`', '!']) {
        single(text)
    } else {
        format!("\"{text}\"")
    }
}

/// In single quotes, where nothing has a meaning but the quote itself. What nobody can
/// see is written as escapes, for which the shell has another kind of quotes.
fn single(text: &str) -> String {
    let is_hidden = |c: char| c != '\n' && c != '\t' && is_invisible(c);
    if !text.contains(is_hidden) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut quoted = String::from("$'");
    for c in text.chars() {
        match c {
            // No command can be given this one.
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
