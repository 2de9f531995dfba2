//! Python samples with the `requests` package.

use crate::code_samples::{
    KEY_VARIABLE, Key,
    body::{Body, Style},
    text::quoted,
};
use crate::reference::HttpRequest;
use std::fmt::Write;

const DICTIONARIES: Style = Style {
    object: ("{", "}"),
    empty_object: "{}",
    arrow: ": ",
    trailing_comma: true,
    indent: "    ",
    words: ["True", "False", "None"],
    text,
    name: text,
};

pub fn sample(request: &HttpRequest, body: &Body, key: Key<'_>) -> String {
    let reads_variable = request.needs_key && matches!(key, Key::Variable);
    let mut code = String::from("# pip install requests\n");
    if reads_variable {
        code += "import os\n\n";
    }
    code += "import requests\n\n";
    let method = request.method.to_lowercase();
    match method.as_str() {
        "get" | "post" | "put" | "patch" | "delete" | "head" | "options" => {
            writeln!(code, "response = requests.{method}(").ok();
        }
        _ => {
            let method = text(&request.method);
            writeln!(code, "response = requests.request(\n    {method},").ok();
        }
    }
    writeln!(code, "    {},", text(&request.url)).ok();
    let authorization = request.needs_key.then(|| {
        let value = match key {
            Key::Variable => format!("f\"Bearer {{os.environ['{KEY_VARIABLE}']}}\""),
            Key::Text(key) => text(&format!("Bearer {key}")),
        };
        format!("\"Authorization\": {value}")
    });
    let headers = request.headers.iter();
    // `json=` sets this header.
    let headers = headers.filter(|(name, value)| {
        let is_json = name == "Content-Type" && value == "application/json";
        !(is_json && matches!(body, Body::Json(_)))
    });
    let headers = headers.map(|(name, value)| format!("{}: {}", text(name), text(value)));
    let headers: Vec<_> = authorization.into_iter().chain(headers).collect();
    match headers.as_slice() {
        [] => {}
        [only] => {
            writeln!(code, "    headers={{{only}}},").ok();
        }
        several => {
            let lines = several.join(",\n        ");
            writeln!(code, "    headers={{\n        {lines},\n    }},").ok();
        }
    }
    match body {
        Body::None => {}
        Body::Json(value) => {
            writeln!(code, "    json={},", DICTIONARIES.write(value, 1)).ok();
        }
        Body::Text(body) => {
            writeln!(code, "    data={}.encode(),", text(body)).ok();
        }
    }
    code + ")\nprint(response.status_code, response.text)"
}

fn text(text: &str) -> String {
    quoted(text, |c| match u32::from(c) {
        code @ 0..=0xff => format!("\\x{code:02x}"),
        code @ 0x100..=0xffff => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    })
}
