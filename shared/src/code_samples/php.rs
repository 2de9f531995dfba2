//! PHP samples with the curl extension.

use crate::code_samples::{
    KEY_VARIABLE, Key,
    body::{Body, Style},
    text::{is_invisible, quoted},
};
use crate::reference::HttpRequest;
use serde_json::Value;
use std::fmt::Write;

const ARRAYS: Style = Style {
    object: ("[", "]"),
    empty_object: "new stdClass()",
    arrow: " => ",
    trailing_comma: true,
    indent: "    ",
    words: ["true", "false", "null"],
    text,
    name: text,
};

pub fn sample(request: &HttpRequest, body: &Body, key: Key<'_>) -> String {
    let mut code = String::from("<?php\n");
    writeln!(code, "$request = curl_init({});", text(&request.url)).ok();
    code += "curl_setopt_array($request, [\n";
    match request.method.as_str() {
        "HEAD" => code += "    CURLOPT_NOBODY => true,\n",
        method => {
            writeln!(code, "    CURLOPT_CUSTOMREQUEST => {},", text(method)).ok();
        }
    }
    code += "    CURLOPT_RETURNTRANSFER => true,\n";
    let authorization = request.needs_key.then(|| {
        let value = match key {
            Key::Variable => format!("'Authorization: Bearer ' . getenv('{KEY_VARIABLE}')"),
            Key::Text(key) => text(&format!("Authorization: Bearer {key}")),
        };
        format!("        {value},\n")
    });
    let headers = request.headers.iter().map(|(name, value)| {
        let header = text(&format!("{name}: {value}"));
        format!("        {header},\n")
    });
    let headers: String = authorization.into_iter().chain(headers).collect();
    if !headers.is_empty() {
        writeln!(code, "    CURLOPT_HTTPHEADER => [\n{headers}    ],").ok();
    }
    match body {
        Body::None => {}
        Body::Json(value) if has_numbers_for_names(value) => {
            let json = text(&value.to_string());
            writeln!(code, "    CURLOPT_POSTFIELDS => {json},").ok();
        }
        Body::Json(value) => {
            let value = ARRAYS.write(value, 1);
            writeln!(code, "    CURLOPT_POSTFIELDS => json_encode({value}),").ok();
        }
        Body::Text(body) => {
            writeln!(code, "    CURLOPT_POSTFIELDS => {},", text(body)).ok();
        }
    }
    code += "]);\n$body = curl_exec($request);\n";
    code + "echo curl_getinfo($request, CURLINFO_RESPONSE_CODE), ' ', $body, PHP_EOL;"
}

/// Returns true if an object has integer names. PHP would convert it to a list.
fn has_numbers_for_names(value: &Value) -> bool {
    match value {
        Value::Array(elements) => elements.iter().any(has_numbers_for_names),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| name.parse::<i64>().is_ok() || has_numbers_for_names(value)),
        _ => false,
    }
}

/// Quotes a string: with single quotes, or with double quotes if it needs escapes.
fn text(text: &str) -> String {
    if !text.contains(is_invisible) {
        let escaped = text.replace('\\', r"\\").replace('\'', r"\'");
        return format!("'{escaped}'");
    }
    let escape = |c: char| format!("\\u{{{:x}}}", u32::from(c));
    quoted(text, escape).replace('$', r"\$")
}
