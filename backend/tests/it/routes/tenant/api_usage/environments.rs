//! `GET /api/v1/tenant/analytics/api-usage` and `…/errors.csv`: separation of live and test.

use crate::util::{API_USAGE, TestApp, call_with_both, json};
use chrono::TimeDelta;
use serde_json::Value;
use shared::role::Role;

fn form(environment: &str) -> Value {
    json!({
        "name": environment, "environment": environment,
        "permissions": ["contacts:read", "analytics:read", "analytics:export"],
    })
}

#[test]
fn get_200_every_part_is_of_one_environment() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let [live, test] = ["live", "test"].map(|environment| owner.create_key(&form(environment)));
    call_with_both(&live, &test);
    app.advance(TimeDelta::hours(30));
    call_with_both(&live, &test);
    let owner = app.sign_in(Role::Owner);
    for (query, environment, key, requests, errors) in [
        ("range=24h", "live", &live, 3, 1),
        ("range=24h&environment=live", "live", &live, 3, 1),
        ("range=24h&environment=test", "test", &test, 2, 2),
    ] {
        let report = owner.api_usage(query);
        assert_eq!(report["environment"], environment, "{query}");
        assert_eq!(report["rate_limit"]["environment"], environment);
        assert_eq!(report["totals"]["requests"], requests);
        assert_eq!(report["previous"]["requests"], requests);
        let sum = |list: &str, member: &str| -> u64 {
            let list = report[list].as_array().expect("is a list").iter();
            list.map(|entry| entry[member].as_u64().expect("is a number"))
                .sum()
        };
        assert_eq!(
            [sum("series", "total"), sum("endpoints", "requests")],
            [requests; 2]
        );
        assert_eq!(sum("series", "errors"), errors);
        let keys = report["keys"].as_array().expect("is a list");
        assert_eq!(keys.len(), 1);
        assert_eq!(keys[0]["key_id"], json!(key.id));
        let recent = report["errors"]["recent"].as_array().expect("is a list");
        assert_eq!(recent.len() as u64, errors);
        assert!(recent.iter().all(|error| error["key_id"] == json!(key.id)));
        let csv = owner.get(&format!("{API_USAGE}/errors.csv?{query}"));
        let name = csv.header("content-disposition").expect("has a name");
        assert!(
            name.contains(&format!("api-errors-{environment}-")),
            "{name}"
        );
        let lines = csv.text();
        assert_eq!(lines.lines().count() as u64, 1 + errors, "{lines}");
        assert!(lines.lines().skip(1).all(|line| line.contains(&key.id)));
    }
}

#[test]
fn get_400_if_key_and_environment_disagree() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let [live, test] = ["live", "test"].map(|environment| owner.create_key(&form(environment)));
    call_with_both(&live, &test);
    app.flush();
    for (key, own, other) in [(&live, "live", "test"), (&test, "test", "live")] {
        let of_key = format!("key_id={}", key.id);
        for query in [of_key.clone(), format!("{of_key}&environment={own}")] {
            assert_eq!(owner.api_usage(&query)["environment"], own);
        }
        for path in [API_USAGE.to_owned(), format!("{API_USAGE}/errors.csv")] {
            let answer = owner.get(&format!("{path}?{of_key}&environment={other}"));
            answer.problem_of_fields(400, "invalid_query", &["environment"]);
            let message = &answer.json()["errors"][0]["message"];
            let expected = format!("The key is a {own} key. Leave this out.");
            assert_eq!(message, &json!(expected));
            owner
                .get(&format!("{path}?environment=both"))
                .problem_of_fields(400, "invalid_query", &["environment"]);

            // A key sees its own environment and is refused the other one.
            let answer = key.get(&format!("{path}?environment={own}"));
            assert_eq!(answer.status, 200, "{}", answer.text());
            key.get(&format!("{path}?environment={other}"))
                .problem_of_fields(403, "beyond_your_rights", &["environment"]);
        }
        assert_eq!(key.get(API_USAGE).expect(200)["environment"], own);
    }
    let foreign = format!("{API_USAGE}?key_id={}", live.id);
    test.get(&foreign).problem(404, "not_found");
}
