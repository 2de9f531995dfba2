//! Strings that have broken quoting before, and random combinations of them.

use crate::reference::HttpRequest;
use serde_json::json;

const FRAGMENTS: &[&str] = &[
    "'",
    "\"",
    "`",
    "\\",
    "\\\\",
    "\\'",
    "\\\"",
    "$",
    "${x}",
    "$(touch pwned)",
    "`touch pwned`",
    "#{`touch pwned`}",
    "#$0",
    "#@x",
    "{$x}",
    "${process.exit(7)}",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "\u{7}",
    "\u{1b}[2J",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{202e}",
    "\u{feff}",
    "\u{200b}",
    "!!",
    "!$",
    "%s",
    "%00",
    "@",
    "@/etc/passwd",
    "-o",
    "--",
    ";",
    "&&",
    "|",
    "<?php",
    "?>",
    "</script>",
    "<!--",
    "/*",
    "*/",
    "//",
    "#",
    "EOF",
    "\\u0041",
    "\\x41",
    "\\0",
    "\\n",
    "u{41}",
    "é",
    "日本",
    "🐧",
    "\u{e0041}",
    "''",
    "\"\"\"",
    "'''",
    "}",
    "]",
    ")",
    ",",
    ": ",
    " => ",
    " ",
    "",
    "__proto__",
    "constructor",
    "0",
    "-1",
    "007",
    "true",
    "nil",
];

/// Returns each fragment, then pseudo-random combinations from a fixed seed.
pub fn texts() -> Vec<String> {
    let single = FRAGMENTS.iter().map(|fragment| (*fragment).to_owned());
    let mut state = 0x2545_f491_u32;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize
    };
    let mixtures = (0..150).map(|_| {
        let length = 2 + next() % 5;
        let fragments = (0..length).map(|_| FRAGMENTS[next() % FRAGMENTS.len()]);
        fragments.collect::<String>()
    });
    let mixtures: Vec<String> = mixtures.collect();
    single.chain(mixtures).collect()
}

/// Returns a request with `text` in every place that takes a string, and `name` as the member name.
pub fn request(text: &str, name: &str) -> HttpRequest {
    let visible: String = text
        .chars()
        .filter(|c| c.is_ascii_graphic() || *c == ' ')
        .collect();
    let mut members = serde_json::Map::new();
    members.insert(name.to_owned(), json!(text));
    HttpRequest {
        method: "POST".into(),
        url: "http://mail.example/v1/x?a=1&b=%27%24".into(),
        headers: vec![
            ("Content-Type".into(), "application/json".into()),
            ("X-Note".into(), format!("a{visible}z")),
        ],
        body: Some(json!({ "in": members, "list": [[text, true], null, {}, -1.5e-7] }).to_string()),
        needs_key: true,
    }
}

/// Returns one request per text with a JSON body, and one with a plain text body.
pub fn requests() -> Vec<HttpRequest> {
    let texts = texts();
    let json = texts.iter().map(|text| request(text, text));
    let plain = texts.iter().map(|text| HttpRequest {
        method: "PUT".into(),
        url: "http://mail.example/v1/x".into(),
        headers: vec![("Content-Type".into(), "text/plain".into())],
        body: Some(format!("{text}.")),
        needs_key: true,
    });
    json.chain(plain).collect()
}
