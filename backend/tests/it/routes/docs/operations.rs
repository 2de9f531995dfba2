//! The OpenAPI documents match the route table and the committed files.

use crate::util::{TestApp, json};
use backend::openapi;
use serde_json::Value;
use shared::operation::{OPERATIONS, Operation};

#[test]
fn every_public_operation_is_documented() {
    documents_all("/openapi.json", Operation::is_public_api);
}

#[test]
fn every_management_operation_is_documented() {
    documents_all("/openapi-management.json", Operation::is_management_api);
}

fn documents_all(path: &str, is_in: fn(&Operation) -> bool) {
    let app = TestApp::start_empty(&[]);
    let document = app.request("GET", path).send().expect(200);
    assert_eq!(document["servers"][0]["url"], app.url.as_str());
    let rows: Vec<_> = OPERATIONS.iter().filter(|row| is_in(row)).collect();
    for row in &rows {
        let entry = &document["paths"][row.path][row.method.to_lowercase()];
        assert_eq!(entry["operationId"], row.id);
        assert!(entry["summary"].is_string(), "{}", row.id);
        assert!(entry["security"][0]["api_key"].is_array(), "{}", row.id);
        let Some(scopes) = row.scopes() else {
            panic!("{} is not for keys", row.id);
        };
        let expected = if scopes.is_empty() {
            json!("none")
        } else {
            json!(if scopes.all_of.is_empty() {
                scopes.any_of
            } else {
                scopes.all_of
            })
        };
        assert_eq!(entry["x-required-scope"], expected, "{}", row.id);
        let expected = if scopes.all_of.is_empty() {
            "any"
        } else {
            "all"
        };
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
            let content = answer["content"].as_object().into_iter().flatten();
            let examples: Vec<_> = content.map(|(_, content)| &content["example"]).collect();
            let has_example = examples.iter().any(|it| it.is_object() || it.is_string());
            assert!(has_example, "{} {status} has no example", row.id);
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
fn committed_documents_match_the_served_ones() {
    let url = "http://127.0.0.1:8080";
    check_committed("openapi", openapi::document(url), "");
    let management = openapi::management_document(url);
    check_committed("openapi-management", management, " --management");
}

fn check_committed(name: &str, document: Value, flag: &str) {
    let path = format!("{}/../docs/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    let current = serde_json::to_string_pretty(&document).expect("is JSON");
    let first_difference = committed
        .lines()
        .zip(current.lines())
        .find(|(was, is)| was != is);
    assert!(
        committed.trim_end() == current,
        "{name} has changed: {first_difference:?}. If that is intended, commit it with \
         `cargo run -p backend -- openapi{flag} > docs/{name}.json` and look at the difference"
    );
}
