//! `GET /api/v1/platform/api-keys`.

use crate::util::{Session, TestApp, eventually, json};
use chrono::TimeDelta;
use serde_json::Value;
use shared::role::Role;

const KEYS: &str = "/api/v1/platform/api-keys";

fn form(name: &str) -> Value {
    json!({"name": name, "environment": "live", "permissions": ["contacts:read"]})
}

#[track_caller]
fn names(session: &Session<'_>, query: &str) -> Vec<String> {
    let page = session.get(&format!("{KEYS}?{query}")).expect(200);
    let rows = page["data"].as_array().expect("a page has rows");
    rows.iter()
        .map(|row| row["name"].as_str().expect("a key has a name").to_owned())
        .collect()
}

/// Returns the items of a page and the query for the next one.
#[track_caller]
fn page(session: &Session<'_>, query: &str) -> (Vec<Value>, Option<String>) {
    let page = session.get(&format!("{KEYS}?{query}")).expect(200);
    let next = page["next_cursor"].as_str();
    (
        page["data"].as_array().expect("a page has rows").clone(),
        next.map(|cursor| format!("&cursor={cursor}")),
    )
}

#[test]
fn list_200_filters_by_status() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    owner.create_key(&form("Active"));
    let mut expiring = form("Expiring");
    expiring["expires_at"] = json!((app.clock.now() + TimeDelta::minutes(1)).to_rfc3339());
    owner.create_key(&expiring);
    let revoked = owner.create_key(&form("Revoked"));
    owner.delete(&revoked.path()).expect(200);
    assert_eq!(
        names(&owner, "status=active&sort=name"),
        ["Active", "Expiring"]
    );
    app.advance(TimeDelta::minutes(1));
    assert_eq!(names(&owner, "status=active"), ["Active"]);
    assert_eq!(names(&owner, "status=expired"), ["Expiring"]);
    assert_eq!(names(&owner, "status=revoked"), ["Revoked"]);
    assert_eq!(names(&owner, "status=disabled"), [""; 0]);
    assert_eq!(names(&owner, "status=rotating"), [""; 0]);
    assert_eq!(names(&owner, "").len(), 3);
}

#[test]
fn list_200_sorts_and_pages() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let mut keys = Vec::new();
    for name in ["b", "A", "c"] {
        keys.push(owner.create_key(&form(name)));
        app.advance(TimeDelta::seconds(1));
    }
    assert_eq!(names(&owner, ""), ["c", "A", "b"]);
    assert_eq!(names(&owner, "sort=created&order=asc"), ["b", "A", "c"]);
    assert_eq!(names(&owner, "sort=name"), ["A", "b", "c"]);
    assert_eq!(names(&owner, "sort=name&order=desc"), ["c", "b", "A"]);
    for used in [1, 0] {
        keys[used].get("/v1/whoami").expect(200);
        app.advance(TimeDelta::seconds(1));
    }
    eventually(|| {
        app.flush();
        (owner.key_view(&keys[0].id)["last_used_at"] != Value::Null).then_some(())
    });
    assert_eq!(names(&owner, "sort=last_used"), ["b", "A", "c"]);
    assert_eq!(names(&owner, "sort=last_used&order=asc"), ["c", "A", "b"]);

    let (mut cursor, mut found) = (String::new(), Vec::new());
    for pages_left in (0..3).rev() {
        let page = owner
            .get(&format!("{KEYS}?sort=name&limit=1{cursor}"))
            .expect(200);
        assert_eq!(page["total"], 3);
        found.push(page["data"][0]["name"].as_str().unwrap().to_owned());
        assert_eq!(page["data"].as_array().unwrap().len(), 1);
        assert_eq!(page["next_cursor"].is_string(), pages_left > 0);
        cursor = format!(
            "&cursor={}",
            page["next_cursor"].as_str().unwrap_or_default()
        );
    }
    assert_eq!(found, ["A", "b", "c"]);
}

#[test]
fn list_200_pages_are_stable_while_keys_are_created_and_revoked() {
    for sort in ["created", "last_used", "name"] {
        for order in ["asc", "desc"] {
            let app = TestApp::start();
            let owner = app.sign_in(Role::Owner).with_sudo();
            // Pairs of keys share a creation time, and pairs have names that differ only in case.
            for number in 0..12 {
                let name = format!("{} {}", ["Key", "KEY"][number % 2], number / 2);
                let key = owner.create_key(&form(&name));
                if number % 3 == 0 {
                    key.get("/v1/whoami").expect(200);
                }
                if number % 2 == 1 {
                    app.advance(TimeDelta::milliseconds(1));
                }
            }
            app.flush();
            let list = format!("status=active&limit=4&sort={sort}&order={order}");
            let (mut ids, mut next) = (Vec::new(), Some(String::new()));
            while let Some(cursor) = next {
                let (rows, after) = page(&owner, &format!("{list}{cursor}"));
                for row in rows {
                    let id = row["id"].as_str().unwrap().to_owned();
                    if row["name"] != "new" {
                        owner.delete(&format!("{KEYS}/{id}")).expect(200);
                    }
                    ids.push(id);
                }
                if after.is_some() {
                    owner.create_key(&form("new"));
                }
                next = after;
            }
            let total = ids.len();
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), total, "{sort} {order}: a row came twice");
            let (left, _) = page(&owner, "status=active&limit=100");
            assert!(
                left.iter().all(|row| row["name"] == "new"),
                "{sort} {order}: {left:?}"
            );
        }
    }
}

#[test]
fn list_400_cursor_of_another_order() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    for name in ["a", "b"] {
        owner.create_key(&form(name));
    }
    let (_, next) = page(&owner, "limit=1&sort=name");
    let next = next.unwrap();
    let (rows, _) = page(&owner, &format!("limit=1&sort=name{next}"));
    assert_eq!(rows[0]["name"], "b");
    for sort in ["sort=created", "sort=last_used", ""] {
        let answer = owner.get(&format!("{KEYS}?limit=1&{sort}{next}"));
        answer.problem_of_fields(400, "invalid_query", &["cursor"]);
    }
}

#[test]
fn list_400_invalid_query() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("cursor=x", "cursor"),
        ("colour=red", "colour"),
        ("limit=1&limit=2", "limit"),
        ("limit=many", "limit"),
        ("limit=-1", "limit"),
        ("status=asleep", "status"),
        ("sort=size&limit=1", "sort"),
        ("order=up", "order"),
    ] {
        let answer = owner.get(&format!("{KEYS}?{query}"));
        answer.problem_of_fields(400, "invalid_query", &[field]);
    }
}
