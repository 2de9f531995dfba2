//! Ruby samples with the built-in `net/http`.

use crate::code_samples::{
    KEY_VARIABLE, Key,
    body::{Body, Style},
    text::quoted,
};
use crate::reference::HttpRequest;
use std::fmt::Write;

const HASHES: Style = Style {
    object: ("{", "}"),
    empty_object: "{}",
    arrow: " => ",
    trailing_comma: false,
    indent: "  ",
    words: ["true", "false", "nil"],
    text,
    name: text,
};

pub fn sample(request: &HttpRequest, body: &Body, key: Key<'_>) -> String {
    let mut code = String::from("require \"net/http\"\n");
    if matches!(body, Body::Json(_)) {
        code += "require \"json\"\n";
    }
    writeln!(code, "\nuri = URI({})", text(&request.url)).ok();
    let class = class(&request.method);
    writeln!(code, "request = Net::HTTP::{class}.new(uri)").ok();
    if request.needs_key {
        let value = match key {
            Key::Variable => format!("\"Bearer #{{ENV.fetch(\"{KEY_VARIABLE}\")}}\""),
            Key::Text(key) => text(&format!("Bearer {key}")),
        };
        writeln!(code, "request[\"Authorization\"] = {value}").ok();
    }
    for (name, value) in &request.headers {
        writeln!(code, "request[{}] = {}", text(name), text(value)).ok();
    }
    match body {
        Body::None => {}
        Body::Json(value) => {
            writeln!(
                code,
                "request.body = JSON.generate({})",
                HASHES.write(value, 0)
            )
            .ok();
        }
        Body::Text(body) => {
            writeln!(code, "request.body = {}", text(body)).ok();
        }
    }
    code + "\nresponse = Net::HTTP.start(uri.hostname, uri.port, \
        use_ssl: uri.scheme == \"https\") do |http|\n  http.request(request)\nend\n\
        puts \"#{response.code} #{response.body}\""
}

/// Returns the `Net::HTTP` class of a method, such as `Post`.
fn class(method: &str) -> String {
    let mut letters = method.chars();
    let first: String = letters.next().into_iter().collect();
    first + &letters.as_str().to_lowercase()
}

fn text(text: &str) -> String {
    let escape = |c: char| format!("\\u{{{:x}}}", u32::from(c));
    // `#` followed by one of these starts an interpolation.
    quoted(text, escape)
        .replace("#{", r"\#{")
        .replace("#$", r"\#$")
        .replace("#@", r"\#@")
}
