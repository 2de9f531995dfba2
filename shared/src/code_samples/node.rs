//! JavaScript samples with the built-in `fetch`.

use crate::code_samples::{
    KEY_VARIABLE, Key,
    body::{Body, Style},
    text,
};
use crate::reference::HttpRequest;
use std::fmt::Write;

const OBJECTS: Style = Style {
    object: ("{", "}"),
    empty_object: "{}",
    arrow: ": ",
    trailing_comma: true,
    indent: "  ",
    words: ["true", "false", "null"],
    text: text::json,
    name,
};

pub fn sample(request: &HttpRequest, body: &Body, key: Key<'_>) -> String {
    let mut code = String::from("// Node.js 18 or newer; save as example.mjs\n");
    let url = text::json(&request.url);
    writeln!(code, "const response = await fetch({url}, {{").ok();
    writeln!(code, "  method: {},", text::json(&request.method)).ok();
    let authorization = request.needs_key.then(|| {
        let value = match key {
            Key::Variable => format!("`Bearer ${{process.env.{KEY_VARIABLE}}}`"),
            Key::Text(key) => text::json(&format!("Bearer {key}")),
        };
        format!("    Authorization: {value},\n")
    });
    let headers = request.headers.iter().map(|(header, value)| {
        let (header, value) = (name(header), text::json(value));
        format!("    {header}: {value},\n")
    });
    let headers: String = authorization.into_iter().chain(headers).collect();
    if !headers.is_empty() {
        writeln!(code, "  headers: {{\n{headers}  }},").ok();
    }
    match body {
        Body::None => {}
        Body::Json(value) => {
            let value = OBJECTS.write(value, 1);
            writeln!(code, "  body: JSON.stringify({value}),").ok();
        }
        Body::Text(body) => {
            writeln!(code, "  body: {},", text::json(body)).ok();
        }
    }
    code + "});\n\nconsole.log(response.status, await response.text());"
}

/// Formats a member name, quoted if it isn't an identifier.
fn name(name: &str) -> String {
    let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    let is_identifier =
        name.starts_with(is_letter) && name.chars().all(|c| is_letter(c) || c.is_ascii_digit());
    match name {
        // A plain `__proto__` would set the prototype instead of a member.
        "__proto__" => "[\"__proto__\"]".to_owned(),
        name if is_identifier => name.to_owned(),
        name => text::json(name),
    }
}
