//! The OpenAPI document against the route table, and against the committed one.

use crate::util::{TestApp, json};
use backend::openapi;
use shared::operation::{Access, Need, OPERATIONS};
use std::path::Path;

#[test]
fn every_public_row_is_documented() {
    let app = TestApp::start_empty(&[]);
    let document = app.request("GET", "/openapi.json").send().expect(200);
    assert_eq!(document["servers"][0]["url"], app.url.as_str());
    let rows: Vec<_> = OPERATIONS
        .iter()
        .filter(|row| row.is_public_api())
        .collect();
    for row in &rows {
        let entry = &document["paths"][row.path][row.method.to_lowercase()];
        assert_eq!(entry["operationId"], row.id);
        assert!(entry["summary"].is_string(), "{}", row.id);
        assert!(entry["security"][0]["api_key"].is_array(), "{}", row.id);
        let Access::Key { scopes, need } = row.access else {
            panic!("{} is not for keys", row.id);
        };
        let expected = if scopes.is_empty() {
            json!("none")
        } else {
            json!(scopes)
        };
        assert_eq!(entry["x-required-scope"], expected, "{}", row.id);
        let expected = if need == Need::AllOf { "all" } else { "any" };
        assert_eq!(entry["x-required-scope-match"], expected, "{}", row.id);
        assert!(!entry["x-rate-limit"].is_null(), "{}", row.id);
        for status in ["401", "403", "429"] {
            let examples = &entry["responses"][status]["content"]["application/problem+json"];
            let examples = examples["examples"].as_object();
            assert!(
                examples.is_some_and(|all| !all.is_empty()),
                "{} {status}",
                row.id
            );
        }
        let good = entry["responses"].as_object().into_iter().flatten();
        let good: Vec<_> = good.filter(|(status, _)| status.starts_with('2')).collect();
        assert!(!good.is_empty(), "{}", row.id);
        for (status, answer) in good {
            let example = &answer["content"]["application/json"]["example"];
            assert!(example.is_object(), "{} {status} has no example", row.id);
        }
        let body = &entry["requestBody"]["content"]["application/json"];
        let example = [&body["example"], &body["examples"]];
        let has_example = example.iter().any(|example| example.is_object());
        assert!(body.is_null() || has_example, "{} has no example", row.id);
        let parameters = entry["parameters"].as_array().into_iter().flatten();
        for parameter in parameters {
            let described = parameter["description"].is_string();
            assert!(described, "{}: {parameter}", row.id);
        }
    }
    let documented = document["paths"].as_object().into_iter().flatten();
    let documented: usize = documented
        .filter_map(|(_, methods)| methods.as_object())
        .map(serde_json::Map::len)
        .sum();
    assert_eq!(
        documented,
        rows.len(),
        "nothing is documented that is not in the table"
    );
}

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    let document = openapi::document("http://127.0.0.1:8080");
    let current = serde_json::to_string_pretty(&document).expect("is JSON");
    let first_difference = committed
        .lines()
        .zip(current.lines())
        .find(|(was, is)| was != is);
    assert!(
        committed.trim_end() == current,
        "the document has changed: {first_difference:?}. If that is meant, write it down with \
         `cargo run -p backend -- openapi > docs/openapi.json` and look at the difference"
    );
}
