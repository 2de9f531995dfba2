//! Tests of the samples with hostile values: fixed expectations here, and the real languages in
//! `interpreters`.

mod interpreters;
mod values;

use crate::code_samples::{Key, Language, sample};
use crate::{
    highlight::{Part, parts},
    reference::HttpRequest,
};
use values::requests;

fn send_email() -> HttpRequest {
    HttpRequest {
        method: "POST".into(),
        url: "https://mail.example/v1/emails/send".into(),
        headers: vec![("Content-Type".into(), "application/json".into())],
        body: Some(
            r#"{"to": "user@example.com", "variables": {"name": "It's", "age": 3}, "tags": [], "track_opens": true}"#
                .into(),
        ),
        needs_key: true,
    }
}

#[test]
fn curl_is_as_the_specification_shows_it() {
    assert_eq!(
        sample(Language::Curl, &send_email(), Key::Variable),
        r#"curl -X POST https://mail.example/v1/emails/send \
  -H "Authorization: Bearer $PENGUINMAILS_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "to": "user@example.com",
    "variables": {
      "name": "It'\''s",
      "age": 3
    },
    "tags": [],
    "track_opens": true
  }'"#
    );
}

#[test]
fn node_uses_fetch() {
    assert_eq!(
        sample(Language::Node, &send_email(), Key::Variable),
        r#"// Node.js 18 or newer; save as example.mjs
const response = await fetch("https://mail.example/v1/emails/send", {
  method: "POST",
  headers: {
    Authorization: `Bearer ${process.env.PENGUINMAILS_API_KEY}`,
    "Content-Type": "application/json",
  },
  body: JSON.stringify({
    to: "user@example.com",
    variables: {
      name: "It's",
      age: 3,
    },
    tags: [],
    track_opens: true,
  }),
});

console.log(response.status, await response.text());"#
    );
}

#[test]
fn python_uses_requests() {
    assert_eq!(
        sample(Language::Python, &send_email(), Key::Variable),
        r#"# pip install requests
import os

import requests

response = requests.post(
    "https://mail.example/v1/emails/send",
    headers={"Authorization": f"Bearer {os.environ['PENGUINMAILS_API_KEY']}"},
    json={
        "to": "user@example.com",
        "variables": {
            "name": "It's",
            "age": 3,
        },
        "tags": [],
        "track_opens": True,
    },
)
print(response.status_code, response.text)"#
    );
}

#[test]
fn php_uses_curl() {
    assert_eq!(
        sample(Language::Php, &send_email(), Key::Variable),
        r"<?php
$request = curl_init('https://mail.example/v1/emails/send');
curl_setopt_array($request, [
    CURLOPT_CUSTOMREQUEST => 'POST',
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_HTTPHEADER => [
        'Authorization: Bearer ' . getenv('PENGUINMAILS_API_KEY'),
        'Content-Type: application/json',
    ],
    CURLOPT_POSTFIELDS => json_encode([
        'to' => 'user@example.com',
        'variables' => [
            'name' => 'It\'s',
            'age' => 3,
        ],
        'tags' => [],
        'track_opens' => true,
    ]),
]);
$body = curl_exec($request);
echo curl_getinfo($request, CURLINFO_RESPONSE_CODE), ' ', $body, PHP_EOL;"
    );
}

#[test]
fn ruby_uses_net_http() {
    assert_eq!(
        sample(Language::Ruby, &send_email(), Key::Variable),
        r##"require "net/http"
require "json"

uri = URI("https://mail.example/v1/emails/send")
request = Net::HTTP::Post.new(uri)
request["Authorization"] = "Bearer #{ENV.fetch("PENGUINMAILS_API_KEY")}"
request["Content-Type"] = "application/json"
request.body = JSON.generate({
  "to" => "user@example.com",
  "variables" => {
    "name" => "It's",
    "age" => 3
  },
  "tags" => [],
  "track_opens" => true
})

response = Net::HTTP.start(uri.hostname, uri.port, use_ssl: uri.scheme == "https") do |http|
  http.request(request)
end
puts "#{response.code} #{response.body}""##
    );
}

#[test]
fn requests_without_key_and_body_are_short() {
    let request = HttpRequest {
        method: "GET".into(),
        url: "https://mail.example/v1/emails?limit=2".into(),
        headers: Vec::new(),
        body: None,
        needs_key: false,
    };
    assert_eq!(
        sample(Language::Curl, &request, Key::Variable),
        "curl -X GET 'https://mail.example/v1/emails?limit=2'"
    );
    let python = sample(Language::Python, &request, Key::Variable);
    assert_eq!(
        python,
        "# pip install requests\nimport requests\n\nresponse = requests.get(\n    \
         \"https://mail.example/v1/emails?limit=2\",\n)\n\
         print(response.status_code, response.text)"
    );
}

#[test]
fn a_key_can_stand_in_the_sample() {
    for language in Language::ALL {
        let code = sample(language, &send_email(), Key::Text("pm_test_abc...xyz"));
        assert!(code.contains("Bearer pm_test_abc...xyz"), "{code}");
        assert!(!code.contains("PENGUINMAILS_API_KEY"), "{code}");
    }
}

/// Numbers that a language would round stay as they are written.
#[test]
fn large_numbers_keep_their_digits() {
    let mut request = send_email();
    request.body =
        Some(r#"{"id": 9007199254740993, "big": 123456789012345678901234567890}"#.into());
    for language in Language::ALL {
        let code = sample(language, &request, Key::Variable);
        assert!(code.contains("9007199254740993"), "{code}");
        assert!(code.contains("123456789012345678901234567890"), "{code}");
    }
}

/// A value never changes the code around it.
#[test]
fn values_do_not_change_what_the_code_is_made_of() {
    let shape = |language: Language, request: &HttpRequest| {
        let code = sample(language, request, Key::Variable);
        let parts = parts(language.highlighting(), &code);
        let kinds = parts.into_iter().filter(|(part, _)| *part != Part::Plain);
        kinds.map(|(part, _)| part).collect::<Vec<_>>()
    };
    let harmless = values::request("harmless", "harmless");
    // Bash concatenates quoted strings and PHP has two kinds of quotes; `interpreters` tests those.
    for language in [Language::Python, Language::Ruby, Language::Php] {
        let expected = shape(language, &harmless);
        for text in values::texts() {
            let request = values::request(&text, "harmless");
            assert_eq!(shape(language, &request), expected, "{language:?} {text:?}");
        }
    }
}

#[test]
fn nothing_invisible_stands_in_the_code() {
    for request in requests() {
        for language in Language::ALL {
            let code = sample(language, &request, Key::Variable);
            let hidden = code
                .chars()
                .find(|c| *c != '\n' && *c != '\t' && super::text::is_invisible(*c));
            assert_eq!(hidden, None, "{language:?}: {code}");
        }
    }
}
